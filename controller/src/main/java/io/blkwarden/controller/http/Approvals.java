package io.blkwarden.controller.http;

import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What HTTP actions need.
 *
 * @param token validates a bearer token; absent if HTTP actions are disabled
 * @param controller handles requests
 */
public record Approvals(
    @Nullable Predicate<String> token, Function<OperatorRequest, Mono<OperatorReply>> controller) {}
