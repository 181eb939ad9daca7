"""The pytest plugin that runs inside other people's tests and writes down what each test did."""
