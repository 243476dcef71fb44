export {
  type Config,
  ConfigError,
  type ConfigProblem,
  type ConfigSource,
  parseConfig,
} from "./config/load.ts";
export { Gateway, type Surroundings } from "./gateway.ts";
export { Log, logInventory, type LogLevel, type LogLine } from "./log.ts";
