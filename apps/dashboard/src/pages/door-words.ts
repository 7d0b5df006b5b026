import type { Words } from '../i18n/words.ts';

export const doorWords = {
  signIn: ['Sign in', 'Войти'],
  signInWith: ['Sign in with {provider}', 'Войти через {provider}'],
  ssoFailed: ['The sign-in at your company did not work:', 'Вход через вашу компанию не удался:'],
  register: ['Create an account', 'Создать учётную запись'],
  email: ['E-mail address', 'Адрес почты'],
  password: ['Password', 'Пароль'],
  newPassword: ['New password', 'Новый пароль'],
  passwordHint: ['At least 10 characters.', 'Не меньше 10 символов.'],
  yourName: ['Your name', 'Ваше имя'],
  organization: ['Organisation', 'Организация'],
  organizationHint: [
    'What your team or company is called. You can invite others later.',
    'Как называется ваша команда или компания. Других можно пригласить позже.',
  ],
  noAccount: ['No account yet?', 'Ещё нет учётной записи?'],
  haveAccount: ['Already have an account?', 'Уже есть учётная запись?'],
  forgot: ['Forgot the password?', 'Забыли пароль?'],
  reset: ['Set a new password', 'Задать новый пароль'],
  sendLink: ['Send me a link', 'Прислать ссылку'],
  linkSent: [
    'If the address has an account, a mail with a link is on its way.',
    'Если у адреса есть учётная запись, письмо со ссылкой уже в пути.',
  ],
  passwordSet: ['The new password is set. Sign in with it.', 'Новый пароль задан. Войдите с ним.'],
  verifyTitle: ['Verify the e-mail address', 'Подтверждение адреса почты'],
  verifying: ['The address is being verified…', 'Адрес подтверждается…'],
  verified: ['The address is verified. You can sign in.', 'Адрес подтверждён. Можно войти.'],
  verifyFirst: [
    'We sent you a mail. Open its link to verify the address, then sign in.',
    'Мы отправили вам письмо. Откройте ссылку из него, чтобы подтвердить адрес, и войдите.',
  ],
  noToken: [
    'This link is not complete. Open it from the mail again.',
    'Ссылка неполная. Откройте её из письма ещё раз.',
  ],
  invitation: ['You are invited', 'Вас пригласили'],
  invitedTo: [
    '{email} is invited to {organization} as {role}.',
    '{email} приглашён в «{organization}» с ролью {role}.',
  ],
  accept: ['Accept the invitation', 'Принять приглашение'],
  accepted: ['You are a member now. Sign in.', 'Теперь вы участник. Войдите.'],
  existingPassword: ['Password of your account', 'Пароль вашей учётной записи'],
} as const satisfies Words;
