export { createFakeYookassa, type FakeYookassa, type FakeYookassaPayment } from './fake-yookassa.ts';
