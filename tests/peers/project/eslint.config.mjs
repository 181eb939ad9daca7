export default [{ rules: { "no-unused-vars": "error", "no-eval": "warn" } }];
