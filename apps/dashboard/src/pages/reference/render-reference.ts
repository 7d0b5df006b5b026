import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';

/** Renders the gateway's own OpenAPI document into a node. Nothing is loaded from another origin. */
export function renderReference(domNode: HTMLElement): void {
  SwaggerUI({
    domNode,
    url: '/openapi.json',
    deepLinking: true,
    docExpansion: 'list',
    validatorUrl: null,
    filter: true,
  });
}
