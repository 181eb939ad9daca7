import assert from "node:assert";
import test from "node:test";
import { charge } from "./pay.js";

test("charge", () => assert.equal(charge(1).paid, true));
