import { expect, test } from 'vitest';
import { compileHeaderTemplate, headerTemplateProblem, isTemplate } from './header-template.js';
import { aTemplateInput } from './template-input.fake.js';

test.each(['Webhook', '{', 'a } b', '%param%'])('sends %s as it is', (value) => {
  expect(isTemplate(value)).toBe(false);
  expect(headerTemplateProblem(value)).toBeNull();
});

test('fills a value in as plain text', () => {
  const template = compileHeaderTemplate(
    '{{ event.type }} of {{ data.n }} in {{ integration.name }} ({{ delivery.id }})',
  );
  expect(template.fillIn(aTemplateInput('{"n":1.00}'))).toBe('device.compliant of 1.00 in SIEM (dlv_1)');
});

test('says where a value is wrong, and how', () => {
  expect(headerTemplateProblem('{{ event.typ }}')).toMatchObject({
    line: 1,
    sentence: expect.stringContaining('event.typ'),
  });
});
