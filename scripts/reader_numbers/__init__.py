"""What the numbers in the embedded reader's code are worth on the development pages.

`python -m scripts.reader_numbers MEASURE MODULE ...` makes every number in some modules, named or
not, a third smaller and half larger, one at a time (`numbers`), and prints what a measure becomes:

- `answers` (`--lines FOLDER`, which `scripts.reader_model.record` filled): the questions whose best
  answer is right, those that are sure enough to be given it, those that are given a wrong one, and
  those whose answer, place or confidence is another one;
- `directions`: pages whose way up and slant are found, each turned in four ways;
- `drawn`: tests of the layout that fail, of tables, columns and labels of many seeds;
- `passages` (`--lines FOLDER`): the passages of pages that become others;
- `layers`: the same by the text layers of the pages, and of the lines left out of a layer those
  that are found;
- `episodes`: questions that whole episodes answer right, and the tokens and views they take;
- `marks`: of the words too small to be read in a view, those in the parts to be looked at.

0, 1 and 2 are left alone where they have no name, and so is what stands in regular expressions.
`README.md` holds the tables, and `tests/documentation` holds it to the code.
"""
