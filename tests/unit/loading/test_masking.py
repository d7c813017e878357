"""What a refused line may still show: its shape and the contract's own words, never a person's."""

from pipelines.loading.masking import LIMIT, mask, masked_text


def test_letters_and_digits_go_whatever_their_script_and_marks_stay() -> None:
    assert mask("Ada;42;José-María_9 (李) ٣") == "xxx;##;xxxx-xxxxx_# (x) #"


def test_words_of_the_contract_stay_where_they_stand_alone() -> None:
    assert mask("employee;true;null;UID;person_id;employees") == "employee;true;null;UID;person_id;xxxxxxxxx"


def test_names_of_a_json_record_stay_and_its_values_dont_nor_names_in_other_text() -> None:
    assert mask('{"lastName":"Stone","a.b_c":1, "x":"Ada"}') == '{"lastName":"xxxxx","a.b_c":#, "x":"xxx"}'
    assert mask('say "Ada": no') == 'xxx "xxx": xx'
    assert mask('{"' + "a" * 61 + '":1}') == '{"' + "x" * 61 + '":#}'


def test_a_long_line_is_cut_and_says_so_and_one_of_the_limit_isnt() -> None:
    assert mask("1" * LIMIT) == "#" * LIMIT
    assert mask("1" * (LIMIT + 1)) == "#" * LIMIT + "..."


def test_no_text_stays_no_text() -> None:
    assert masked_text(["Ada", None, ""]).to_list() == ["xxx", None, ""]
    assert masked_text([]).dtype == masked_text(["a"]).dtype
