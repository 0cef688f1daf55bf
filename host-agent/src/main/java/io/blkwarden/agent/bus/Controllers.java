package io.blkwarden.agent.bus;

import io.blkwarden.model.subject.Subjects;

/**
 * The connection of an agent to the controllers.
 *
 * @param link the connection to NATS
 * @param subjects the subjects of the installation
 * @param journal persists unconfirmed outcomes
 */
public record Controllers(Link link, Subjects subjects, OutcomeJournal journal) {}
