{# Rows whose key occurs more than once. Nulls count as equal, since a null in a key is part of it here. #}
{% test unique_combination(model, columns) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as rows_with_key
from {{ model }}
group by all
having count(*) > 1

{% endtest %}
