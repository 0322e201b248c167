import assert from "node:assert/strict";
import { type AnswerFormat, answerWriter } from "../../../lib/reports/answer_writer.ts";
import { writeReport } from "../../../lib/reports/write_report.ts";
import type { PredictionAnswer } from "../../../lib/runs/run_types.ts";

const MODEL = { classNames: ["cat", "dog", "aeroplane"], complexityUnit: "bits" };
const LONG = `${"a long folder/".repeat(12)}cat.png`;

const ANSWERS: readonly PredictionAnswer[] = [
  {
    file: LONG,
    classes: [{ className: "cat", probability: 0.75 }, { className: "dog", probability: 0.2 }],
    complexity: 12.345,
    complexityUnit: "bits",
    depth: 10,
    level: 4,
  },
  { file: "none.png", error: "Cannot read none.png: it is not there" },
  {
    file: "a\u001b[2J\u202e\u009b31m.png",
    classes: [{ className: "aeroplane", probability: 1 }],
    complexity: 7,
    complexityUnit: "bits",
    depth: 6,
    level: 0,
  },
];

function written(format: AnswerFormat, answers = ANSWERS): string {
  const writer = answerWriter(format, MODEL);
  return answers.map((answer) => writer.add(answer)).join("") + writer.end();
}

Deno.test("what is written of each answer ends with a line, which a terminal would else lose", () => {
  for (const format of ["text", "csv", "json", "jsonl"] as const) {
    const writer = answerWriter(format, MODEL);
    for (const answer of ANSWERS) assert.match(writer.add(answer), /\n$/, format);
  }
});

for (const format of ["csv", "json"] as const) {
  Deno.test(`answers one after the other are the document (${format})`, async () => {
    for (const content of [ANSWERS, ANSWERS.slice(0, 1), ANSWERS.slice(1)]) {
      const source = { kind: "predictions", content, origin: "x" } as const;
      const whole = await writeReport([source], format, { width: 100, footer: "" });
      assert.equal(written(format, content), `${whole}\n`);
    }
  });
}

Deno.test("answers as JSON are complete without any, and one harmless line each as JSON lines", () => {
  assert.deepEqual(JSON.parse(written("json", [])), []);
  const lines = written("jsonl").trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line)), ANSWERS);
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}]/u);
});

Deno.test("answers as text have the file last and whole, however long, and act on no terminal", () => {
  assert.deepEqual(written("text").split("\n"), [
    "class      probability   bits  depth  image",
    "---------  -----------  -----  -----  -----",
    `cat            75.00 %  12.35     10  ${LONG}`,
    "dog            20.00 %",
    "\u2013                    \u2013      \u2013      \u2013  Cannot read none.png: it is not there",
    "aeroplane     100.00 %   7.00      6  a?[2J??31m.png",
    "",
  ]);
});
