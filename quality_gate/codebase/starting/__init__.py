"""Where a team may start: functions that the business seems to depend on, each with what speaks for it.

`themes` are the words by which a business calls such code, `candidates` looks every function over, `proposing` picks a
handful of them and says why.
"""
