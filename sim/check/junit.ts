import { explainFailure } from './failure-text.ts';
import { errorOf } from './json.ts';
import type { TestResult } from './run-tests.ts';
import { type Disputes, outcomeOf, tally } from './tally.ts';

/**
 * The results as JUnit XML: a testsuite for each file, a testcase for each Test.
 * @source https://github.com/testmoapp/junitxml, the common ground of what CI systems read
 */
export function junitReport(results: readonly TestResult[], disputes: Disputes): string {
  const suites = [...new Set(results.map(({ file }) => file))].map((file) => {
    const own = results.filter((result) => result.file === file);
    return `  <testsuite name="${escapeXml(file)}"${counts(own, disputes)}>\n${own.map((each) => testcase(each, disputes)).join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="svclab test"${counts(results, disputes)}>\n${suites.join('')}</testsuites>\n`;
}

function counts(results: readonly TestResult[], disputes: Disputes): string {
  const { failed, errors, disputed } = tally(results, disputes);
  return ` tests="${results.length}" failures="${failed}" errors="${errors}" skipped="${disputed}"`;
}

function testcase(result: TestResult, disputes: Disputes): string {
  const { file, name, place } = result;
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}" line="${place.line}"`;
  const outcome = outcomeOf(result, disputes);
  if (outcome === 'passed') return `${head}/>\n`;
  if (outcome === 'disputed') {
    return `${head}>\n      <skipped message="${escapeXml(`disputed: ${disputes.get(name)}`)}"/>\n    </testcase>\n`;
  }
  const tag = outcome === 'errors' ? 'error' : 'failure';
  const failures = result.checks.filter(({ ok }) => !ok);
  const text = errorOf(result) ?? failures.flatMap(explainFailure).join('\n');
  const message = text.split('\n', 1)[0]!;
  return `${head}>\n      <${tag} message="${escapeXml(message)}">${escapeXml(text)}</${tag}>\n    </testcase>\n`;
}

/** Also takes out what XML 1.0 cannot hold at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
