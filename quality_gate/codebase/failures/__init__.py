"""Failure paths: listed from the source, in two steps.

`reader` says what one file alone tells: its raises, handlers and guards, and every call with what stands around it
(`sites`); cached by the file's content. `listing` joins that with the call graph: which of the calls can fail, and how
(`escapes`: what can leave each function, bottom-up over the calls), makes handler calls and unwinds of them.
"""
