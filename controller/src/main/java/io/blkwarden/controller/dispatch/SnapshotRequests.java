package io.blkwarden.controller.dispatch;

import io.blkwarden.controller.step.Effect;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes the commands by which agents are asked for their maps, and told who leads. */
public final class SnapshotRequests {
  private static final long EXPIRES_MILLIS = 5_000;

  private final Supplier<OptionalLong> epoch;
  private final String issuer;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * Requests of a controller.
   *
   * @param epoch of this controller while it leads, absent otherwise
   * @param issuer its name
   */
  public SnapshotRequests(
      Supplier<OptionalLong> epoch, String issuer, InstantSource clock, RandomGenerator random) {
    this.epoch = epoch;
    this.issuer = issuer;
    this.clock = clock;
    this.random = random;
  }

  /** The command that an effect asks for; none for other effects, and while another leads. */
  public @Nullable Command of(Effect effect) {
    return switch (effect) {
      case Effect.WantSnapshot(HostId host) ->
          command(host, "its mapping is not known well enough", new CommandAction.Snapshot());
      case Effect.TellClaim(HostId host, CommandAction.Revision known) ->
          command(
              host,
              "its agent has not heard of this controller's claim",
              new CommandAction.Snapshot(known));
      default -> null;
    };
  }

  private @Nullable Command command(HostId host, String why, CommandAction.Snapshot action) {
    OptionalLong leading = epoch.get();
    return leading.isEmpty()
        ? null
        : new Command(
            MessageId.of(clock.millis(), random),
            host,
            leading.getAsLong(),
            issuer,
            clock.instant(),
            EXPIRES_MILLIS,
            why,
            action);
  }
}
