'use strict';

/**
 * osls merges `resources.Rules` into the template but its schema does not know the section
 * (serverless/serverless#12182). This makes it known, so that configValidationMode can stay "error".
 */
module.exports = class TemplateRules {
  constructor(serverless) {
    const { resources } = serverless.configSchemaHandler.schema.properties;
    const allow = (schema) => {
      if (schema?.type === 'object' && schema.properties?.Resources) {
        schema.properties.Rules = { type: 'object' };
      }
      for (const part of [schema?.items, ...(schema?.anyOf ?? [])]) if (part) allow(part);
    };
    allow(resources);
    allow(serverless.configSchemaHandler.schema.definitions?.resources);
  }
};
