package io.blkwarden.controller.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.NettyPipeline;

/**
 * Limits connections: their number, in total and per address, and the time for a request and its
 * response.
 *
 * <p>Slow clients are disconnected, except on event streams, which {@link EventRoutes} limits.
 */
final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final Duration WARN_INTERVAL = Duration.ofMinutes(1);

  /**
   * The limits.
   *
   * @param total maximum number of connections
   * @param perAddress maximum number of connections from one address
   * @param request time from the connection to the end of the first request, with TLS handshake
   * @param idle time for reading a response, and until the next request
   */
  public record Limits(int total, int perAddress, Duration request, Duration idle) {
    static final Limits DEFAULT =
        new Limits(512, 128, Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  private final Limits limits;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int total;
  private long warnedNanos = System.nanoTime() - WARN_INTERVAL.toNanos();

  Connections(Limits limits) {
    this.limits = limits;
  }

  /** Applies the limits to a new connection, or closes it. */
  void limit(Channel channel) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress()
            : InetAddress.getLoopbackAddress();
    if (!acquire(address)) {
      warn(address);
      channel.pipeline().addFirst(new Refused());
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> release(address));
    channel.pipeline().addAfter(NettyPipeline.HttpCodec, "deadlines", new Deadlines(limits));
  }

  private synchronized boolean acquire(InetAddress address) {
    int mine = open.getOrDefault(address, 0);
    if (total >= limits.total() || mine >= limits.perAddress()) {
      return false;
    }
    open.put(address, mine + 1);
    total++;
    return true;
  }

  private synchronized void release(InetAddress address) {
    open.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
    total--;
  }

  private synchronized void warn(InetAddress address) {
    long now = System.nanoTime();
    if (now - warnedNanos >= WARN_INTERVAL.toNanos()) {
      warnedNanos = now;
      log.warn(
          "connection from {} refused: {} connections open, {} from this address (limits {} and"
              + " {}); further refusals are not logged for 1 min",
          address.getHostAddress(),
          total,
          open.getOrDefault(address, 0),
          limits.total(),
          limits.perAddress());
    }
  }

  /** Discards data received while the connection closes. */
  private static final class Refused extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }
  }

  /** Closes the connection if a request, a response or the next request takes too long. */
  private static final class Deadlines extends ChannelDuplexHandler {
    private final Limits limits;
    private @Nullable Future<?> deadline;
    private boolean streaming;

    Deadlines(Limits limits) {
      this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      schedule(context, limits.request());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      // The response may start before the end of the request is read.
      if (message instanceof LastHttpContent && !streaming) {
        schedule(context, limits.idle());
      }
      context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        streaming =
            HttpHeaderValues.TEXT_EVENT_STREAM.contentEqualsIgnoreCase(
                response.headers().get(HttpHeaderNames.CONTENT_TYPE, ""));
        if (streaming) {
          cancel();
        }
      }
      if (message instanceof LastHttpContent && !streaming) {
        promise.unvoid().addListener(_ -> schedule(context, limits.idle()));
      }
      var _ = context.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      cancel();
      context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      cancel();
    }

    private void schedule(ChannelHandlerContext context, Duration time) {
      cancel();
      if (context.channel().isOpen() && !context.isRemoved()) {
        deadline =
            context
                .executor()
                .schedule(() -> close(context), time.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private static void close(ChannelHandlerContext context) {
      var _ = context.close();
    }

    private void cancel() {
      if (deadline != null) {
        deadline.cancel(false);
        deadline = null;
      }
    }
  }
}
