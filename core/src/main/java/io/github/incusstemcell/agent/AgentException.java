package io.github.incusstemcell.agent;

import io.github.incusstemcell.IncusStemcellException;

/**
 * The agent has refused or failed what it was asked for, or does not answer. The message has what the agent itself said, and the last lines
 * of its log.
 */
public final class AgentException extends IncusStemcellException {

    AgentException(String message) {
        super(message);
    }

    AgentException(String message, Throwable cause) {
        super(message, cause);
    }
}
