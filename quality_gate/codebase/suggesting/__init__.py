"""A test for a failure path: the nearest test in which all is well, with the failure in it and the outcome left open.

`suggest` is the way in; `wanted` says what has to fail, `happy` which test is the model, `acting` where in it the code
is called, `targets` and `standins` what fails there, `exceptions` as what, `injecting` how the failure gets in,
`outcome` whether it comes back to the test, `writing` puts it together.
"""
