/** What pages and mails say, where the tests of mail look at it. */
export const english = {
  locale: "en-US",
  add: "Add user",
  sendWelcome: "Send welcome email",
  added: "was added.",
  login: "Log in",
  signedIn: "Login successful.",
  wrong: "That login and password do not belong together.",
  verify: {
    subject: "[Gatehouse] User Welcome & Verification",
    mail: "has created the account",
    title: "Verify Account & Set Password",
    submit: "Verify & Set Password",
    done: "Account verified & password set. Please use the new password to login below.",
  },
  forgot: "I forgot my password",
  send: "Send Reset Email",
  sent: "Please check your email for the link to change your password.",
  reset: {
    subject: "[Gatehouse] Password Reset Link",
    mail: "Somebody asked to reset your password on Gatehouse",
    title: "Complete Password Reset",
    submit: "Change Password",
    done: "Password changed. Please use the new password to login below.",
  },
  notice: { subject: "[Gatehouse] Your password was changed", mail: "choose a new password at once" },
};

export type Words = typeof english;

export const spanish: Words = {
  locale: "es-ES",
  add: "Añadir usuario",
  sendWelcome: "Enviar correo de bienvenida",
  added: "Se ha añadido",
  login: "Iniciar sesión",
  signedIn: "Ha iniciado sesión.",
  wrong: "El usuario o la contraseña no son correctos.",
  verify: {
    subject: "[Gatehouse] Bienvenida y verificación del usuario",
    mail: "ha creado para usted la cuenta",
    title: "Verificar la cuenta y elegir contraseña",
    submit: "Verificar y guardar la contraseña",
    done: "Cuenta verificada y contraseña establecida. Use la nueva contraseña para iniciar sesión abajo.",
  },
  forgot: "Olvidé mi contraseña",
  send: "Enviar el correo",
  sent: "Revise su correo: allí está el enlace para cambiar la contraseña.",
  reset: {
    subject: "[Gatehouse] Enlace para restablecer la contraseña",
    mail: "Alguien ha pedido restablecer su contraseña en Gatehouse",
    title: "Completar el cambio de contraseña",
    submit: "Cambiar la contraseña",
    done: "Contraseña cambiada. Use la nueva contraseña para iniciar sesión abajo.",
  },
  notice: { subject: "[Gatehouse] Su contraseña ha cambiado", mail: "elija de inmediato una contraseña nueva" },
};
