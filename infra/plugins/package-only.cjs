'use strict';

/** Refuses `osls deploy` and `osls remove`: osls would reset every parameter that it is not given to its default. */
module.exports = class PackageOnly {
  constructor() {
    const refuse = (command) => () => {
      throw Object.assign(new Error(`osls only packages here. Run: npm run ${command}`), {
        name: 'ServerlessError',
        code: 'PACKAGE_ONLY',
      });
    };
    this.hooks = {
      'before:deploy:deploy': refuse('deploy'),
      'before:remove:remove': refuse('remove'),
    };
  }
};
