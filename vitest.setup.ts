import fc from "fast-check";

// Chance is passed in: a run can be repeated. Another seed looks elsewhere: FAST_CHECK_SEED=7 npm test
fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 20_261_122) });
