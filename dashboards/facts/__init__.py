"""What pages and report say, one pure module a question: typed rows from the published snapshot, and the sentences that may be said of them.

Nothing here knows Streamlit or Typst. Every function takes a snapshot (anything with `frame(query, parameters)`) and returns frozen rows; a sentence is a template
chosen by a rule from such a row, so that title, word and number can't disagree.
"""
