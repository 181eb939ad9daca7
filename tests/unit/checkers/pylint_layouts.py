"""What pylint's own comments silence, by layout: the lines in the title are what the real pylint holds silent."""

from __future__ import annotations

LAYOUTS = '''
--- trailing: 2
a = 1
b = 2  # pylint: disable=silent-failure
c = 3
--- head of def without args: 1
def f():  # pylint: disable=silent-failure
    a = 1
    return a
b = 2
--- head of def with args: 1
def f(a, b=1):  # pylint: disable=silent-failure
    c = 1
    return c
b = 2
--- head of def multi line args: 2
def f(
    a,  # pylint: disable=silent-failure
    b=1,
):
    return c
--- head of def multi line, on the closing: 4 5 6
def f(
    a,
    b=1,
):  # pylint: disable=silent-failure
    c = 1
    return c
b = 2
--- head of def multi line, on the first: 1 2 3 4 5 6
def f(  # pylint: disable=silent-failure
    a,
    b=1,
):
    c = 1
    return c
b = 2
--- class head: 1 2 3
class C:  # pylint: disable=silent-failure
    a = 1
    b = 2
c = 1
--- class head with base: 1
class C(Base):  # pylint: disable=silent-failure
    a = 1
    b = 2
c = 1
--- if head: 1
if a:  # pylint: disable=silent-failure
    b = 1
else:
    b = 2
c = 1
--- else line: 3 4 5
if a:
    b = 1
else:  # pylint: disable=silent-failure
    b = 2
    d = 3
c = 1
--- elif: 3
if a:
    b = 1
elif c:  # pylint: disable=silent-failure
    b = 2
    d = 3
c = 1
--- for head: 1
for a in b:  # pylint: disable=silent-failure
    c = 1
d = 1
--- while head: 1
while a:  # pylint: disable=silent-failure
    c = 1
d = 1
--- while True head: 1
while True:  # pylint: disable=silent-failure
    c = 1
d = 1
--- with head: 1
with a as b:  # pylint: disable=silent-failure
    c = 1
d = 1
--- try head: 1 2 3 4 5 6
try:  # pylint: disable=silent-failure
    a = 1
except E:
    b = 2
finally:
    c = 3
d = 4
--- except head: 3
try:
    a = 1
except E:  # pylint: disable=silent-failure
    b = 2
    c = 2
except F:
    b = 2
d = 4
--- except head bare: 3 4 5
try:
    a = 1
except:  # pylint: disable=silent-failure
    b = 2
    c = 2
d = 4
--- finally: 3 4 5
try:
    a = 1
finally:  # pylint: disable=silent-failure
    b = 2
    c = 2
d = 4
--- match head: 1
match a:  # pylint: disable=silent-failure
    case 1:
        b = 1
c = 1
--- case: 2 3 4
match a:
    case 1:  # pylint: disable=silent-failure
        b = 1
        c = 2
    case _:
        d = 1
c = 1
--- alone in module top: 1 2 3 4
# pylint: disable=silent-failure
a = 1
def f():
    b = 1
--- alone in module after docstring: 2 3 4 5
"""Doc."""
# pylint: disable=silent-failure
a = 1
def f():
    b = 1
--- alone in module mid: 5 6
a = 1
def f():
    b = 1

# pylint: disable=silent-failure
c = 1
--- alone in def: 3 4 5
def f():
    a = 1
    # pylint: disable=silent-failure
    b = 1
    return b
c = 1
--- alone at end of def: 3 4 5
def f():
    a = 1
    # pylint: disable=silent-failure
c = 1
d = 1
--- alone in if: 2 3 4 5 6
if a:
    # pylint: disable=silent-failure
    b = 1
    c = 1
else:
    b = 2
d = 1
--- alone between if and else: 3 4 5
if a:
    b = 1
# pylint: disable=silent-failure
else:
    b = 2
d = 1
--- alone in else: 4 5 6
if a:
    b = 1
else:
    # pylint: disable=silent-failure
    b = 2
    c = 2
d = 1
--- alone in try: 2 3 4 5 6
try:
    # pylint: disable=silent-failure
    a = 1
    b = 1
except E:
    c = 1
d = 1
--- alone in try mid: 3 4 5 6
try:
    a = 1
    # pylint: disable=silent-failure
    b = 1
except E:
    c = 1
d = 1
--- alone in except: 4 5 6
try:
    a = 1
except E:
    # pylint: disable=silent-failure
    c = 1
    e = 1
d = 1
--- alone in with: 2 3 4
with a:
    # pylint: disable=silent-failure
    c = 1
    e = 1
d = 1
--- alone in nested: 4 5
def f():
    if a:
        b = 1
        # pylint: disable=silent-failure
        c = 1
    d = 1
    return d
e = 1
--- alone less indented than block: 3 4
def f():
    a = 1
# pylint: disable=silent-failure
    b = 1
c = 1
--- alone in brackets: 2 3 4 5
a = call(
    # pylint: disable=silent-failure
    b,
    c,
)
d = 1
--- in brackets at item: 2
a = call(
    b,  # pylint: disable=silent-failure
    c,
)
d = 1
--- at closing bracket: 4
a = call(
    b,
    c,
)  # pylint: disable=silent-failure
d = 1
--- at opening bracket: 1
a = call(  # pylint: disable=silent-failure
    b,
    c,
)
d = 1
--- dict multi: 2
a = {
    1: 2,  # pylint: disable=silent-failure
    3: f(
        4,
    ),
}
d = 1
--- disable-next simple: 2
# pylint: disable-next=silent-failure
a = 1
b = 1
--- disable-next blank and comments: 2
# pylint: disable-next=silent-failure

# words
a = 1
b = 1
--- disable-next multi line: 2
# pylint: disable-next=silent-failure
a = call(
    1,
)
b = 1
--- disable-next def: 2
# pylint: disable-next=silent-failure
def f(a):
    b = 1
    return b
c = 1
--- disable-next trailing: 2
a = 1  # pylint: disable-next=silent-failure
b = 1
c = 1
--- disable-next except: 4
try:
    a = 1
# pylint: disable-next=silent-failure
except E:
    b = 1
    c = 1
d = 1
--- enable: 2 3
def f():
    # pylint: disable=silent-failure
    a = 1
    # pylint: enable=silent-failure
    b = 1
c = 1
--- enable trailing: 1 2 4
# pylint: disable=silent-failure
a = 1
b = 1  # pylint: enable=silent-failure
c = 1
--- decorator: 2
@a
@b  # pylint: disable=silent-failure
def f():
    return 1
c = 1
--- decorated head: 2
@a
def f():  # pylint: disable=silent-failure
    return 1
c = 1
--- code: 1
a = 1  # pylint: disable=W9101
b = 1
--- two names: 1
a = 1  # pylint: disable=no-member, silent-failure
b = 1
--- spaces: 1
a = 1  #   pylint:disable = silent-failure
b = 1
--- not first in comment: 1
a = 1  # noqa pylint: disable=silent-failure
b = 1
--- not first in comment 2: 1
a = 1  # noqa: X100  # pylint: disable=silent-failure
b = 1
--- upper case: none
a = 1  # PYLINT: disable=silent-failure
b = 1
--- lower case code: 1
a = 1  # pylint: disable=w9101
b = 1
--- lambda: 1
f = lambda a: (  # pylint: disable=silent-failure
    a
)
b = 1
--- docstring one line def: 1
def f(): return 1  # pylint: disable=silent-failure
b = 1
--- first statement trailing: 2
def f():
    a = 1  # pylint: disable=silent-failure
    b = 1
c = 1
--- docstring trailing: 2 3
def f():
    """Doc."""  # pylint: disable=silent-failure
    b = 1
c = 1
--- docstring alone: 3 4
def f():
    """Doc."""
    # pylint: disable=silent-failure
    b = 1
c = 1
--- multi docstring trailing: 4 5 6
def f():
    """Doc.

    More.
    """  # pylint: disable=silent-failure
    b = 1
c = 1
--- backslash: 2
a = 1 + \\
    2  # pylint: disable=silent-failure
b = 1
--- multi line string: 3
a = """
x
"""  # pylint: disable=silent-failure
b = 1
--- compound multi test: 2
if (
    a  # pylint: disable=silent-failure
    and b
):
    c = 1
d = 1
--- compound multi test closing: 4 5
if (
    a
    and b
):  # pylint: disable=silent-failure
    c = 1
d = 1
--- with multi: 3
with (
    a,
    b,  # pylint: disable=silent-failure
):
    c = 1
d = 1
--- with multi closing: 4 5
with (
    a,
    b,
):  # pylint: disable=silent-failure
    c = 1
d = 1
--- for else: 3 4 5
for a in b:
    c = 1
else:  # pylint: disable=silent-failure
    d = 1
    e = 1
f = 1
--- async def: 1
async def f(a):  # pylint: disable=silent-failure
    async with a:
        b = 1
c = 1
--- disable in two blocks: 2 3
def f():
    # pylint: disable=silent-failure
    a = 1
def g():
    a = 1
--- comprehension: 2
a = [
    b  # pylint: disable=silent-failure
    for b in c
    if b
]
--- return multi: 5
def f():
    return call(
        a,
        b,
    )  # pylint: disable=silent-failure
--- except tuple multi: 6
try:
    a = 1
except (
    E,
    F,
):  # pylint: disable=silent-failure
    b = 1
c = 1
--- returns: 1
def f() -> int:  # pylint: disable=silent-failure
    return 1
c = 1
--- annotated: 1
def f(a: int) -> int:  # pylint: disable=silent-failure
    return 1
c = 1
--- self method: 2
class C:
    def f(self, a: int) -> int:  # pylint: disable=silent-failure
        b = 1
        return b

    def g(self):
        return 2
--- handler with a name, trailing in body: 4 5
try:
    a = 1
except E as e:
    a = 1  # pylint: disable=silent-failure
    b = 1
c = 1
--- decorators: 3
@a(
    1
)  # pylint: disable=silent-failure
@b
def f():
    return 1
--- comment between decorators: 2 3
@a
# pylint: disable=silent-failure
@b
def f():
    return 1
c = 1
--- class decorators: 2
@a
@b  # pylint: disable=silent-failure
class C:
    x = 1
--- lambda multi: 2
x = 1
f = lambda a, b=(  # pylint: disable=silent-failure
    1
): (
    a
)
--- star args: 2 3
def f(
    *args,  # pylint: disable=silent-failure
    **kwargs
):
    return 1
--- star args annotated: 2
def f(
    *args: int,  # pylint: disable=silent-failure
    **kwargs: str
):
    return 1
--- kwonly: 3
def f(
    *,
    a,  # pylint: disable=silent-failure
    b: int
):
    return 1
--- backslash later: 2
x = 1
a = 1 + \\
    2  # pylint: disable=silent-failure
b = 1
--- enable one of two: 2 3 4 5
def f():
    # pylint: disable=silent-failure,no-member
    a = 1
    # pylint: enable=no-member
    b = 1
--- enable outer: 2 3 4 5 8 9 10
def f():
    # pylint: disable=silent-failure
    a = 1
    if a:
        b = 1
        # pylint: enable=silent-failure
        c = 1
    d = 1
    # pylint: disable=silent-failure
    e = 1
--- nested def: 2 3 4 5 6 7
class C:
    # pylint: disable=silent-failure
    def f(self):
        return 1

    def g(self):
        return 2
a = 1
--- match as: 3 4 6 7
match a:
    case {"x": 1, **rest}:
        b = 1  # pylint: disable=silent-failure
        c = 1
    case [1, *others] as all_:
        # pylint: disable=silent-failure
        d = 1
    case _:
        d = 2
--- multi line comprehension: 4 5
a = [
    b
    for b in c
    if d  # pylint: disable=silent-failure
    and e
]
--- fstring multi: 3
a = f"""
{b}
""" # pylint: disable=silent-failure
c = 1
'''
