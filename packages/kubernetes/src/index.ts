export { type ConnectOptions, connectKubernetes } from './connection/connect-kubernetes.ts';
export { createLeaderElector, type LeaderElectorOptions } from './leader/create-leader-elector.ts';
export { type CacheHooks, createResourceCache, type ResourceCacheOptions } from './list-watch/create-resource-cache.ts';
export {
  type Clock,
  type EventRecorder,
  type EventSubject,
  type KubernetesCall,
  type KubernetesConnection,
  KubernetesError,
  type KubernetesStream,
  type LeaderElector,
  type ResourceCache,
  type ResourceKey,
  type ResourceKind,
  type ResourceListener,
  type WorkQueue,
} from './port.ts';
export { createWorkQueue, type QueueHooks, type RunOutcome, type WorkQueueOptions } from './queue/create-work-queue.ts';
export { apiVersionOf, resourcePath } from './resource-path.ts';
export { systemClock } from './time/system-clock.ts';
export { type ApplyOptions, applyResource, patchFinalizers } from './write/apply-resource.ts';
export { createEventRecorder, type EventRecorderOptions } from './write/create-event-recorder.ts';
