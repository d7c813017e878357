{#
    The curve of a relation with one row per person: `days` to the first of event (1), competing event (2) or end of observation (0).
    CTEs `<name>_counted`, `_at_risk`, `_survived`, `_added`, `_accumulated`, and `<name>`, with one row per cell and day:

        at_risk, events, competing
        survival, survival_se     nothing has happened yet: Kaplan-Meier with Greenwood's variance (Greenwood 1926)
        incidence, incidence_se   the event has happened: Aalen-Johansen, variance by the delta method (Marubini & Valsecchi 1995, 10.1;
                                  Collett 2015, 12.3.4), the form that SAS and lifelines use

    Events that happen on the day of somebody's end of observation come first, by convention. Where nobody competes, incidence = 1 - survival.
#}
{% macro survival_curve(units, cell, name='curve') -%}
{{ name }}_counted as (
    select
        {{ cell | join(',\n        ') }},
        days,
        count(*) as leaving,
        count(*) filter (where event = 1) as events,
        count(*) filter (where event = 2) as competing
    from {{ units }}
    group by {{ cell | join(', ') }}, days
),

{{ name }}_at_risk as (
    select
        *,
        cast(sum(leaving) over (partition by {{ cell | join(', ') }} order by days desc rows unbounded preceding) as double) as at_risk
    from {{ name }}_counted
),

{{ name }}_survived as (
    select
        *,
        product(1.0 - (events + competing) / at_risk) over earlier_and_now as survival,
        -- at a day on which the last ones go, the term has no meaning and survival is 0
        coalesce(
            sum((events + competing) / nullif(at_risk * (at_risk - events - competing), 0)) over earlier_and_now, 0
        ) as greenwood_sum,
        coalesce(product(1.0 - (events + competing) / at_risk) over earlier, 1.0) as survival_before
    from {{ name }}_at_risk
    window
        earlier_and_now as (partition by {{ cell | join(', ') }} order by days rows unbounded preceding),
        earlier as (partition by {{ cell | join(', ') }} order by days rows between unbounded preceding and 1 preceding)
),

{{ name }}_added as (
    select
        *,
        sum(survival_before * events / at_risk) over (
            partition by {{ cell | join(', ') }} order by days rows unbounded preceding
        ) as incidence_added
    from {{ name }}_survived
),

{{ name }}_accumulated as (
    select
        *,
        -- where everybody has had the event, the last digit of a sum must not decide whether there is an interval
        case when incidence_added > 1.0 - 1e-12 then 1.0 else incidence_added end as incidence
    from {{ name }}_added
),

{{ name }}_terms as (
    select
        *,
        coalesce((events + competing) / nullif(at_risk * (at_risk - events - competing), 0), 0) as term_a,
        power(survival_before, 2) * events * (at_risk - events) / power(at_risk, 3) as term_b,
        survival_before * events / power(at_risk, 2) as term_c
    from {{ name }}_accumulated
),

{{ name }} as (
    select
        {{ cell | join(',\n        ') }},
        days,
        at_risk,
        events,
        competing,
        survival,
        survival * sqrt(greenwood_sum) as survival_se,
        incidence,
        sqrt(
            greatest(
                -- sum of (F(t) - F(i))^2 a(i), written out so that one pass over the curve is enough
                power(incidence, 2) * sum(term_a) over so_far
                - 2 * incidence * sum(incidence * term_a) over so_far
                + sum(power(incidence, 2) * term_a) over so_far
                + sum(term_b) over so_far
                - 2 * (incidence * sum(term_c) over so_far - sum(incidence * term_c) over so_far),
                0.0
            )
        ) as incidence_se
    from {{ name }}_terms
    window so_far as (partition by {{ cell | join(', ') }} order by days rows unbounded preceding)
)
{%- endmacro %}
