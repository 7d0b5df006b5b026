import type { Dashboard, Panel } from './definitions.ts';

const datasource = { type: 'prometheus', uid: '$' + '{datasource}' };
const [width, height] = [12, 8];

/** Returns the file of a dashboard of Grafana. */
export function toDashboardFile({ name, title, panels }: Dashboard): string {
  const dashboard = {
    ...{ title, uid: `aggregator-${name}`, schemaVersion: 39, version: 1, editable: true, tags: ['aggregator'] },
    ...{ time: { from: 'now-3h', to: 'now' }, refresh: '30s' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          ...{ name: 'namespace', type: 'query', datasource, refresh: 2 },
          query: 'label_values(gateway_ai_requests_total, namespace)',
        },
      ],
    },
    panels: panels.map(toPanel),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function toPanel({ title, expr, by, unit = 'short' }: Panel, index: number) {
  return {
    ...{ id: index + 1, type: 'timeseries', title, datasource },
    gridPos: { x: (index % 2) * width, y: Math.floor(index / 2) * height, w: width, h: height },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: [
      {
        refId: 'A',
        expr: expr.replaceAll('$scope', 'namespace="$namespace"'),
        ...(by !== undefined && { legendFormat: `{{${by}}}` }),
      },
    ],
  };
}
