"""The few words of forms and buttons that the channel itself shows, in the desk's languages."""

from __future__ import annotations

from typing import NamedTuple


class Phrases(NamedTuple):
    """What is read in forms. Titles and buttons have room for 24 characters."""

    new_ticket: str
    send: str
    cancel: str
    subject: str
    description: str
    urgency: str
    impact: str
    levels: tuple[str, str, str]
    files: str
    answer: str
    words: str
    goes_out: str
    stays_inside: str
    canned: str
    may_copy: str
    copy: str
    not_staff: str
    not_agent: str
    your_tickets: str
    no_tickets: str
    how: str
    due: str


PHRASES = {
    "en": Phrases(
        new_ticket="Ask the help desk",
        send="Send",
        cancel="Cancel",
        subject="What is it about?",
        description="What happened, and what did you expect?",
        urgency="How urgent is it?",
        impact="How many people does it stop?",
        levels=("Low", "Medium", "High"),
        files="Files, such as a picture of the screen",
        answer="Your words",
        words="Words",
        goes_out="Goes to whoever asked.",
        stays_inside="Stays inside the team.",
        canned="Put in ready-made words",
        may_copy="This is a private channel. Shall this message go to the help desk? "
        "Its agents will read it.",
        copy="Send it to the help desk",
        not_staff="Only members of this workspace can do that.",
        not_agent="Only agents of this desk can do that here. "
        "Whoever runs it can add your account.",
        your_tickets="What you have asked",
        no_tickets="You have asked nothing that is still open.",
        how="Write to me here, or type {command} anywhere.",
        due="an answer is due",
    ),
    "de": Phrases(
        new_ticket="Den Helpdesk fragen",
        send="Senden",
        cancel="Abbrechen",
        subject="Worum geht es?",
        description="Was ist passiert, und was hätten Sie erwartet?",
        urgency="Wie eilig ist es?",
        impact="Wie viele Menschen hält es auf?",
        levels=("Wenig", "Mittel", "Sehr"),
        files="Dateien, etwa ein Bild des Bildschirms",
        answer="Ihre Worte",
        words="Worte",
        goes_out="Geht an die Person, die gefragt hat.",
        stays_inside="Bleibt im Team.",
        canned="Fertigen Text einsetzen",
        may_copy="Dies ist ein privater Kanal. Soll diese Nachricht an den Helpdesk gehen? "
        "Dort wird sie gelesen.",
        copy="An den Helpdesk senden",
        not_staff="Das können nur Mitglieder dieses Workspace.",
        not_agent="Das können hier nur Agenten dieses Helpdesk. "
        "Wer ihn betreibt, kann Ihr Konto eintragen.",
        your_tickets="Was Sie gefragt haben",
        no_tickets="Sie haben nichts gefragt, was noch offen ist.",
        how="Schreiben Sie mir hier, oder tippen Sie irgendwo {command}.",
        due="eine Antwort ist fällig",
    ),
    "es": Phrases(
        new_ticket="Preguntar a soporte",
        send="Enviar",
        cancel="Cancelar",
        subject="¿De qué se trata?",
        description="¿Qué ha pasado y qué esperaba?",
        urgency="¿Qué urgencia tiene?",
        impact="¿A cuántas personas detiene?",
        levels=("Poca", "Media", "Mucha"),
        files="Archivos, por ejemplo una imagen de la pantalla",
        answer="Sus palabras",
        words="Texto",
        goes_out="Se envía a quien ha preguntado.",
        stays_inside="Se queda dentro del equipo.",
        canned="Insertar un texto preparado",
        may_copy="Este canal es privado. ¿Enviamos este mensaje a soporte? Allí lo leerán.",
        copy="Enviarlo a soporte",
        not_staff="Solo pueden hacerlo los miembros de este espacio de trabajo.",
        not_agent="Aquí solo pueden hacerlo los agentes de soporte. "
        "Quien lo administra puede añadir su cuenta.",
        your_tickets="Lo que ha preguntado",
        no_tickets="No ha preguntado nada que siga abierto.",
        how="Escríbame aquí, o escriba {command} en cualquier sitio.",
        due="se espera una respuesta",
    ),
    "fr": Phrases(
        new_ticket="Demander au support",
        send="Envoyer",
        cancel="Annuler",
        subject="De quoi s'agit-il ?",
        description="Que s'est-il passé, et qu'attendiez-vous ?",
        urgency="Est-ce urgent ?",
        impact="Combien de personnes cela bloque-t-il ?",
        levels=("Peu", "Moyennement", "Très"),
        files="Fichiers, par exemple une image de l'écran",
        answer="Vos mots",
        words="Texte",
        goes_out="Envoyé à la personne qui a demandé.",
        stays_inside="Reste dans l'équipe.",
        canned="Insérer un texte prêt",
        may_copy="Ce canal est privé. Faut-il envoyer ce message au support ? Il y sera lu.",
        copy="L'envoyer au support",
        not_staff="Seuls les membres de cet espace de travail peuvent le faire.",
        not_agent="Seuls les agents de cette assistance peuvent le faire ici. "
        "La personne qui l'administre peut ajouter votre compte.",
        your_tickets="Ce que vous avez demandé",
        no_tickets="Vous n'avez aucune demande en cours.",
        how="Écrivez-moi ici, ou tapez {command} n'importe où.",
        due="une réponse est attendue",
    ),
    "it": Phrases(
        new_ticket="Chiedere all'assistenza",
        send="Invia",
        cancel="Annulla",
        subject="Di che cosa si tratta?",
        description="Che cosa è successo, e che cosa si aspettava?",
        urgency="Quanto è urgente?",
        impact="Quante persone blocca?",
        levels=("Poco", "Medio", "Molto"),
        files="File, per esempio un'immagine dello schermo",
        answer="Le sue parole",
        words="Testo",
        goes_out="Va a chi ha chiesto.",
        stays_inside="Resta nel team.",
        canned="Inserire un testo pronto",
        may_copy="Questo canale è privato. Inviamo questo messaggio all'assistenza? Là sarà letto.",
        copy="Inviarlo all'assistenza",
        not_staff="Possono farlo solo i membri di questo workspace.",
        not_agent="Qui possono farlo solo gli operatori di questo servizio. "
        "Chi lo gestisce può aggiungere il suo account.",
        your_tickets="Che cosa ha chiesto",
        no_tickets="Non ha chiesto nulla che sia ancora aperto.",
        how="Mi scriva qui, o digiti {command} dove vuole.",
        due="è attesa una risposta",
    ),
    "pt": Phrases(
        new_ticket="Perguntar ao suporte",
        send="Enviar",
        cancel="Cancelar",
        subject="De que se trata?",
        description="O que aconteceu, e o que esperava?",
        urgency="Qual é a urgência?",
        impact="Quantas pessoas isto impede?",
        levels=("Pouca", "Média", "Muita"),
        files="Ficheiros, por exemplo uma imagem do ecrã",
        answer="As suas palavras",
        words="Texto",
        goes_out="Vai para quem perguntou.",
        stays_inside="Fica dentro da equipa.",
        canned="Inserir um texto pronto",
        may_copy="Este canal é privado. Enviamos esta mensagem ao suporte? Lá será lida.",
        copy="Enviar ao suporte",
        not_staff="Só os membros deste espaço de trabalho o podem fazer.",
        not_agent="Aqui só os agentes deste serviço o podem fazer. "
        "Quem o gere pode acrescentar a sua conta.",
        your_tickets="O que perguntou",
        no_tickets="Não perguntou nada que ainda esteja aberto.",
        how="Escreva-me aqui, ou digite {command} em qualquer sítio.",
        due="espera-se uma resposta",
    ),
}


def phrases(language: str) -> Phrases:
    """Those of a language, English where there are none."""
    return PHRASES.get(language, PHRASES["en"])
