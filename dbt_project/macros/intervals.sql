{#
    95 % intervals as SQL expressions. Each takes expressions and gives an expression, so that the same text can be tested against an independent program
    (tests/pipeline/test_dbt_statistics.py).
#}

{% macro z_95() -%} 1.959963984540054 {%- endmacro %}

{# Share of successes. Wilson (1927), JASA 22, 209; Brown, Cai & DasGupta (2001), Statistical Science 16, 101: keeps its level at small n. #}
{% macro wilson_limit(successes, trials, side) -%}
    (
        (({{ successes }}) / nullif({{ trials }}, 0)::double + power({{ z_95() }}, 2) / (2.0 * nullif({{ trials }}, 0)))
        {{ '-' if side == 'low' else '+' }} {{ z_95() }} * sqrt(
            greatest(
                ({{ successes }}) / nullif({{ trials }}, 0)::double * (1.0 - ({{ successes }}) / nullif({{ trials }}, 0)::double), 0.0
            ) / nullif({{ trials }}, 0)
            + power({{ z_95() }} / (2.0 * nullif({{ trials }}, 0)), 2)
        )
    ) / (1.0 + power({{ z_95() }}, 2) / nullif({{ trials }}, 0))
{%- endmacro %}

{#
    97.5 % quantile of Student's t. Up to 200 degrees of freedom from the seed `t_quantiles` (scipy), whose column is handed in; beyond, the expansion in 1/df
    (Abramowitz & Stegun 26.7.5), which is right to 1e-8 there.
#}
{% macro t_quantile(seed_value, degrees) -%}
    coalesce(
        {{ seed_value }},
        {{ z_95() }}
        + (power({{ z_95() }}, 3) + {{ z_95() }}) / (4.0 * {{ degrees }})
        + (5.0 * power({{ z_95() }}, 5) + 16.0 * power({{ z_95() }}, 3) + 3.0 * {{ z_95() }}) / (96.0 * power({{ degrees }}, 2))
    )
{%- endmacro %}

{#
    Number of events of a Poisson process. Exact (Garwood 1936, Biometrika 28, 437) up to 200 events from the seed `poisson_limits`, whose column is handed in;
    beyond, Byar's approximation (Breslow & Day 1987, p. 69), which differs by less than 1e-5 of the value there.
#}
{% macro poisson_limit(seed_value, events, side) -%}
    {%- if side == 'low' -%}
    coalesce(
        {{ seed_value }},
        ({{ events }}) * power(1.0 - 1.0 / (9.0 * ({{ events }})) - {{ z_95() }} / (3.0 * sqrt({{ events }})), 3)
    )
    {%- else -%}
    coalesce(
        {{ seed_value }},
        (({{ events }}) + 1.0) * power(1.0 - 1.0 / (9.0 * (({{ events }}) + 1.0)) + {{ z_95() }} / (3.0 * sqrt(({{ events }}) + 1.0)), 3)
    )
    {%- endif -%}
{%- endmacro %}

{#
    Share of promoters less share of detractors: adjusted Wald with three pseudo-answers (3/4 promoter, 3/2 passive, 3/4 detractor).
    Rocks (2016), The American Statistician 70, 365.
#}
{% macro adjusted_wald_limit(promoters, detractors, answers, side) -%}
    (({{ promoters }}) - ({{ detractors }})) / (({{ answers }}) + 3.0)
    {{ '-' if side == 'low' else '+' }} {{ z_95() }} * sqrt(
        (
            (({{ promoters }}) + ({{ detractors }}) + 1.5) / (({{ answers }}) + 3.0)
            - power((({{ promoters }}) - ({{ detractors }})) / (({{ answers }}) + 3.0), 2)
        ) / (({{ answers }}) + 3.0)
    )
{%- endmacro %}

{#
    A probability between 0 and 1 from a curve, with the standard error of the probability: log(-log) scale.
    Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time Data, 1.4; Collett (2015), 2.2.3.
#}
{% macro log_log_limit(probability, std_error, side) -%}
    case
        when {{ probability }} > 0 and {{ probability }} < 1
            then power(
                {{ probability }},
                exp(
                    {{ '' if side == 'low' else '-' }} {{ z_95() }} * ({{ std_error }})
                    / (({{ probability }}) * abs(ln({{ probability }})))
                )
            )
    end
{%- endmacro %}

{# Cronbach's alpha of k items: Bonett (2002), J. Educational and Behavioral Statistics 27, 335. #}
{% macro bonett_limit(alpha, items, people, side) -%}
    1.0 - exp(
        ln(1.0 - ({{ alpha }}))
        {{ '+' if side == 'low' else '-' }} {{ z_95() }} * sqrt(2.0 * ({{ items }}) / ((({{ items }}) - 1.0) * (({{ people }}) - 2.0)))
    )
{%- endmacro %}

{# Correlation: Fisher (1915), Biometrika 10, 507. #}
{% macro fisher_limit(correlation, people, side) -%}
    tanh(atanh({{ correlation }}) {{ '-' if side == 'low' else '+' }} {{ z_95() }} / sqrt(({{ people }}) - 3.0))
{%- endmacro %}
