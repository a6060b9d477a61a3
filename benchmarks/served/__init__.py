"""Episodes through a server, compared: `python -m benchmarks.served`.

```
__main__.py   the command
rounds.py     which measurements are made, in which order, and where they are kept
client.py     a side in a process of its own, and what its episodes took
sides.py      the sides by name
peer.py, bare.py, ours.py, alone.py   what each of them does
images.py     images that nobody has seen before
replies.py    what is asked, and the only replies
table.py      measurements as a table
```
"""
