package io.blkwarden.agent.bus;

import io.blkwarden.model.subject.Subjects;

/**
 * How an agent reaches the controllers.
 *
 * @param link the connection
 * @param subjects of the installation
 * @param journal keeps outcomes that are not stored yet over the agent's end
 */
public record Controllers(Link link, Subjects subjects, OutcomeJournal journal) {}
