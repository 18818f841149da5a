'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * The template's parameters as given to `osls deploy --param="Mode=observe"`. CloudFormation falls back to a
 * parameter's default at every deployment that does not name it, so name them each time.
 */
module.exports = async ({ resolveVariable }) => {
  const text = readFileSync(join(__dirname, 'parameters.yml'), 'utf8');
  const section = text.slice(text.indexOf('\nParameters:'), text.indexOf('\nRules:'));
  const names = [...section.matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
  const given = await Promise.all(
    names.map(async (name) => ({
      ParameterKey: name,
      ParameterValue: await resolveVariable(`param:${name}, null`),
    })),
  );
  return given.filter(({ ParameterValue }) => ParameterValue !== null);
};
