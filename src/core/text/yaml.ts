/** The YAML parser in a file of its own, so that it is loaded when somebody has front matter. */
export { parseDocument } from 'yaml';
