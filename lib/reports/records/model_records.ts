import type { ListedModel } from "../../models/list_model.ts";
import type { CsvRecord } from "./csv_record.ts";

/**
 * Models for other programs: one record per model.
 *
 * @param models The models.
 * @returns Raw numbers: parameters, MB, multiply-adds.
 */
export function modelRecords(models: readonly ListedModel[]): CsvRecord[] {
  return models.map((model) => ({
    model: model.name,
    puppeteer_parameters: model.parameters.puppeteer,
    stored_parameters: model.parameters.total,
    puppeteer_mb: model.megabytes.puppeteer,
    stored_mb: model.megabytes.total,
    paper_mb: model.paperMegabytes,
    forward_multiply_adds: model.reference.forward,
    generation_multiply_adds: model.reference.dynamics + model.reference.resizing,
    amortized_multiply_adds: model.reference.amortized,
    tool_multiply_adds: model.multiplyAddsOfTool,
    batch: model.batch,
    adapts_depth: model.adapts.depth,
    adapts_initial_state: model.adapts.parameters,
    decides: model.decides,
    source: model.source,
  }));
}
