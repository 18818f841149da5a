'use strict';

/**
 * `osls … --param="Mode=observe"` makes observe the default of the template's parameter Mode, at packaging.
 * osls's own stackParameters do not serve: a deployment of a package drops them, and the first deployment of a
 * stack sends them with a template that has no parameters yet.
 */
module.exports = class TemplateParameters {
  constructor(serverless) {
    const given = [serverless.processedInput.options.param ?? []].flat();
    this.hooks = {
      'before:package:finalize': () => {
        const { Parameters } = serverless.service.resources;
        for (const [name, value] of given.map(split)) setDefault(Parameters, name, value);
      },
    };
  }
};

function split(pair) {
  const equals = pair.indexOf('=');
  if (equals < 1) throw refusal(`--param="${pair}" is no Name=value`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

function setDefault(parameters, name, value) {
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (!parameter) {
    throw refusal(`there is no parameter ${name}; there are ${Object.keys(parameters).join(', ')}`);
  }
  const { AllowedValues, AllowedPattern, ConstraintDescription } = parameter;
  if (AllowedValues && !AllowedValues.includes(value)) {
    throw refusal(`${name} must be one of ${AllowedValues.join(', ')}, not "${value}"`);
  }
  if (AllowedPattern && !new RegExp(AllowedPattern).test(value)) {
    throw refusal(`${name}="${value}" ${ConstraintDescription}`);
  }
  parameter.Default = value;
}

function refusal(problem) {
  return Object.assign(new Error(problem), { name: 'ServerlessError', code: 'BAD_PARAMETER' });
}
