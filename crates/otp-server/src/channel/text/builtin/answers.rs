//! The answers in chats that are there from the start.

use crate::channel::text::ChatAnswer;

/// A text in each language.
type ByLanguage = [(&'static str, &'static str); 6];

/// The answer in each language.
pub(in crate::channel::text) fn answers(answer: ChatAnswer) -> ByLanguage {
    match answer {
        ChatAnswer::Verified => VERIFIED,
        ChatAnswer::Wrong => WRONG,
        ChatAnswer::Locked => LOCKED,
        ChatAnswer::Later => LATER,
        ChatAnswer::NothingWaits => NOTHING_WAITS,
        ChatAnswer::Reported => REPORTED,
        ChatAnswer::Stopped => STOPPED,
        ChatAnswer::Started => STARTED,
    }
}

const VERIFIED: ByLanguage = [
    ("en", "Verified. You can go back to where you came from."),
    (
        "de",
        "Bestätigt. Sie können zurückgehen, woher Sie gekommen sind.",
    ),
    ("es", "Verificado. Puede volver a donde estaba."),
    ("pt", "Verificado. Pode voltar para onde estava."),
    ("fr", "Vérifié. Vous pouvez retourner là d'où vous venez."),
    ("tr", "Doğrulandı. Geldiğiniz yere dönebilirsiniz."),
];

const WRONG: ByLanguage = [
    (
        "en",
        "That code is not right. Look at the latest message and send its code once more.",
    ),
    (
        "de",
        "Dieser Code ist nicht richtig. Sehen Sie in der neuesten Nachricht nach und senden Sie den Code noch einmal.",
    ),
    (
        "es",
        "Ese código no es correcto. Mire el último mensaje y envíe el código otra vez.",
    ),
    (
        "pt",
        "Esse código não está certo. Veja a última mensagem e envie o código outra vez.",
    ),
    (
        "fr",
        "Ce code n'est pas le bon. Regardez le dernier message et renvoyez son code.",
    ),
    (
        "tr",
        "Bu kod doğru değil. Son iletiye bakın ve kodu bir kez daha gönderin.",
    ),
];

const LOCKED: ByLanguage = [
    (
        "en",
        "That code is not right, and there are no tries left. Ask for a new code where you need it.",
    ),
    (
        "de",
        "Dieser Code ist nicht richtig, und es gibt keinen Versuch mehr. Fordern Sie dort, wo Sie ihn brauchen, einen neuen an.",
    ),
    (
        "es",
        "Ese código no es correcto y no quedan intentos. Pida un código nuevo donde lo necesite.",
    ),
    (
        "pt",
        "Esse código não está certo e não há mais tentativas. Peça um código novo onde precisa dele.",
    ),
    (
        "fr",
        "Ce code n'est pas le bon et il ne reste plus d'essai. Demandez un nouveau code là où il vous en faut un.",
    ),
    (
        "tr",
        "Bu kod doğru değil ve deneme hakkı kalmadı. Gereken yerden yeni bir kod isteyin.",
    ),
];

const LATER: ByLanguage = [
    (
        "en",
        "Too many codes were wrong, so this one was not looked at. Wait a little, then send it again.",
    ),
    (
        "de",
        "Zu viele Codes waren falsch, darum wurde dieser nicht geprüft. Warten Sie ein wenig und senden Sie ihn dann noch einmal.",
    ),
    (
        "es",
        "Demasiados códigos eran incorrectos, así que este no se ha mirado. Espere un poco y envíelo otra vez.",
    ),
    (
        "pt",
        "Códigos demais estavam errados, por isso este não foi visto. Espere um pouco e envie-o outra vez.",
    ),
    (
        "fr",
        "Trop de codes étaient faux, celui-ci n'a donc pas été examiné. Attendez un peu, puis renvoyez-le.",
    ),
    (
        "tr",
        "Çok fazla kod yanlıştı, bu yüzden bu koda bakılmadı. Biraz bekleyin, sonra yeniden gönderin.",
    ),
];

const NOTHING_WAITS: ByLanguage = [
    (
        "en",
        "No code is waiting for an answer. Ask for a new one where you need it.",
    ),
    (
        "de",
        "Es wartet kein Code auf eine Antwort. Fordern Sie dort, wo Sie ihn brauchen, einen neuen an.",
    ),
    (
        "es",
        "Ningún código espera respuesta. Pida uno nuevo donde lo necesite.",
    ),
    (
        "pt",
        "Nenhum código espera resposta. Peça um novo onde precisa dele.",
    ),
    (
        "fr",
        "Aucun code n'attend de réponse. Demandez-en un nouveau là où il vous en faut un.",
    ),
    (
        "tr",
        "Yanıt bekleyen bir kod yok. Gereken yerden yeni bir kod isteyin.",
    ),
];

const REPORTED: ByLanguage = [
    (
        "en",
        "Thank you for telling us. The code cannot be used any more. Never give a code to anyone.",
    ),
    (
        "de",
        "Danke für den Hinweis. Der Code kann nicht mehr verwendet werden. Geben Sie nie jemandem einen Code.",
    ),
    (
        "es",
        "Gracias por avisar. El código ya no se puede usar. No dé nunca un código a nadie.",
    ),
    (
        "pt",
        "Obrigado por avisar. O código já não pode ser usado. Nunca dê um código a ninguém.",
    ),
    (
        "fr",
        "Merci de nous l'avoir dit. Ce code ne peut plus servir. Ne donnez jamais un code à personne.",
    ),
    (
        "tr",
        "Bildirdiğiniz için teşekkürler. Kod artık kullanılamaz. Kodu hiç kimseye vermeyin.",
    ),
];

const STOPPED: ByLanguage = [
    (
        "en",
        "You will get no more messages here. Write START to get them again.",
    ),
    (
        "de",
        "Sie bekommen hier keine Nachrichten mehr. Schreiben Sie START, um sie wieder zu bekommen.",
    ),
    (
        "es",
        "No recibirá más mensajes aquí. Escriba START para recibirlos de nuevo.",
    ),
    (
        "pt",
        "Não receberá mais mensagens aqui. Escreva START para recebê-las de novo.",
    ),
    (
        "fr",
        "Vous ne recevrez plus de messages ici. Écrivez START pour en recevoir de nouveau.",
    ),
    (
        "tr",
        "Buradan artık ileti almayacaksınız. Yeniden almak için START yazın.",
    ),
];

const STARTED: ByLanguage = [
    (
        "en",
        "You get messages here again. Write STOP to get no more.",
    ),
    (
        "de",
        "Sie bekommen hier wieder Nachrichten. Schreiben Sie STOP, um keine mehr zu bekommen.",
    ),
    (
        "es",
        "Vuelve a recibir mensajes aquí. Escriba STOP para no recibir más.",
    ),
    (
        "pt",
        "Volta a receber mensagens aqui. Escreva STOP para não receber mais.",
    ),
    (
        "fr",
        "Vous recevez de nouveau des messages ici. Écrivez STOP pour ne plus en recevoir.",
    ),
    (
        "tr",
        "Buradan yeniden ileti alıyorsunuz. Almamak için STOP yazın.",
    ),
];
