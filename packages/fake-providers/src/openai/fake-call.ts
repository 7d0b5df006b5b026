export interface FakeCall {
  id: string;
  name: string;
  arguments: string;
}
