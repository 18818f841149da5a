import { describe, expect, it } from 'vitest';
import {
  type KnownCredentials,
  otherCredentials,
  serviceCredentialName,
} from '../../../../functions/domain/rules/other-credentials.ts';

const service = (name: string, status: 'active' | 'inactive' | 'expired' = 'active') => ({
  id: 'ACCA1',
  service: name,
  status,
  createdAt: null,
  expiresAt: null,
});
const nothing: KnownCredentials = {
  serviceCredentials: [],
  sshKeys: [],
  signingCertificates: [],
};
const credential = (name: string, block = 'stops-it') => ({
  kind: 'service-credential',
  id: 'ACCA1',
  name,
  block,
});

describe('a user’s credentials beside password and access keys', () => {
  it.each<[string, Partial<KnownCredentials>, object[]]>([
    ['none', {}, []],
    ['unread', { serviceCredentials: null, sshKeys: null, signingCertificates: null }, []],
    [
      'of Bedrock',
      { serviceCredentials: [service('bedrock.amazonaws.com')] },
      [credential('Amazon Bedrock API key')],
    ],
    [
      'of CloudWatch Logs',
      { serviceCredentials: [service('logs.amazonaws.com')] },
      [credential('CloudWatch Logs API key')],
    ],
    [
      'of CodeCommit',
      { serviceCredentials: [service('codecommit.amazonaws.com')] },
      [credential('CodeCommit Git credentials')],
    ],
    [
      'of Keyspaces',
      { serviceCredentials: [service('cassandra.amazonaws.com')] },
      [credential('Amazon Keyspaces credentials')],
    ],
    [
      'of another service',
      { serviceCredentials: [service('new.amazonaws.com')] },
      [credential('credentials for new.amazonaws.com', 'not-known')],
    ],
    [
      'no longer in force',
      {
        serviceCredentials: [
          service('bedrock.amazonaws.com', 'inactive'),
          service('bedrock.amazonaws.com', 'expired'),
        ],
        sshKeys: [{ id: 'APKA1', active: false, uploadedAt: null }],
        signingCertificates: [{ number: 1, active: false, lastRotatedAt: null }],
      },
      [],
    ],
    [
      'an SSH key and a certificate',
      {
        sshKeys: [{ id: 'APKA1', active: true, uploadedAt: null }],
        signingCertificates: [{ number: 2, active: true, lastRotatedAt: null }],
      },
      [
        { kind: 'ssh-key', id: 'APKA1', name: 'SSH key for CodeCommit', block: 'stops-it' },
        { kind: 'signing-certificate', id: null, name: 'signing certificate 2', block: 'stops-it' },
      ],
    ],
  ])('%s', (_, known, expected) => {
    expect(otherCredentials({ ...nothing, ...known })).toEqual(expected);
  });

  it('have a name', () => {
    expect(serviceCredentialName('bedrock.amazonaws.com')).toBe('Amazon Bedrock API key');
  });
});
