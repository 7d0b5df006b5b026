import { CodeBlock } from '../components/code-block.tsx';
import { Tabs } from '../components/tabs.tsx';
import { useWords } from '../i18n/preferences.tsx';
import { snippetWords } from './snippet-words.ts';
import { type SnippetRequest, toCurl, toJavaScript, toPython } from './snippets.ts';

export function SnippetTabs({ request }: { request: SnippetRequest }) {
  const t = useWords(snippetWords);
  const tabs = [
    { name: 'curl', text: toCurl(request) },
    { name: 'Python', text: toPython(request) },
    { name: 'JavaScript', text: toJavaScript(request) },
  ].map(({ name, text }) => ({ name, content: <CodeBlock key={name} text={text} label={name} /> }));
  return <Tabs label={t('label')} tabs={tabs} />;
}
