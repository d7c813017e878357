# syntax=docker/dockerfile:1
# The pipeline and its dashboards. Built from the lock file; runs as nobody in particular, on a root file system that may be read-only.
FROM python:3.11-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/opt/impact UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
COPY deploy/uv.txt .
RUN python -m pip install --no-cache-dir --require-hashes -r uv.txt
WORKDIR /source
COPY . .
RUN uv sync --frozen --no-default-groups --no-editable

FROM python:3.11-slim
COPY --from=build /opt/impact /opt/impact
RUN useradd --uid 10001 --create-home impact && install -d -o impact -m 700 /data
ENV PATH=/opt/impact/bin:$PATH \
    HOME=/tmp \
    IMPACT_WORKSPACE=/workspace/impact.yaml \
    IMPACT_DATA=/data \
    IMPACT_LOG=json
USER 10001
WORKDIR /workspace
VOLUME /data
ENTRYPOINT ["impact"]
CMD ["run"]
