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
 * The limits on connections: how many are open, in all and from one address, and how long each may
 * take for a request and its answer.
 *
 * <p>A client that sends its request byte by byte, or none, or does not read the answer, is
 * disconnected. Streams of events last: {@link EventRoutes} limits them.
 */
final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final Duration WARN_AGAIN = Duration.ofMinutes(1);

  /**
   * The numbers.
   *
   * @param total most connections at once
   * @param perAddress most connections from one address at once
   * @param request time for a whole request, from the connection on, a TLS handshake included
   * @param idle time for the next request after an answer, and for an answer to be read
   */
  public record Limits(int total, int perAddress, Duration request, Duration idle) {
    static final Limits DEFAULT =
        new Limits(512, 128, Duration.ofSeconds(10), Duration.ofSeconds(60));
  }

  private final Limits limits;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int total;
  private boolean warned;

  Connections(Limits limits) {
    this.limits = limits;
  }

  /** Applies the limits to a new connection, or closes it at once. */
  void limit(Channel channel) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress()
            : InetAddress.getLoopbackAddress();
    if (!enter(address)) {
      warn(channel, address);
      channel.pipeline().addFirst(new Refused());
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> leave(address));
    channel.pipeline().addAfter(NettyPipeline.HttpCodec, "deadlines", new Deadlines(limits));
  }

  private synchronized boolean enter(InetAddress address) {
    int mine = open.getOrDefault(address, 0);
    if (total >= limits.total() || mine >= limits.perAddress()) {
      return false;
    }
    open.put(address, mine + 1);
    total++;
    return true;
  }

  private synchronized void leave(InetAddress address) {
    open.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
    total--;
  }

  private synchronized void warn(Channel channel, InetAddress address) {
    if (!warned) {
      warned = true;
      log.warn(
          "connection from {} refused: {} connections are open, {} of them from there"
              + " (at most {} and {}); further refusals are not logged for a minute",
          address.getHostAddress(),
          total,
          open.getOrDefault(address, 0),
          limits.total(),
          limits.perAddress());
      var _ =
          channel
              .eventLoop()
              .schedule(this::warnAgain, WARN_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void warnAgain() {
    warned = false;
  }

  /** Drops what a connection still delivers that is being closed. */
  private static final class Refused extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }
  }

  /** Closes the connection when a request, an answer, or the next request takes too long. */
  private static final class Deadlines extends ChannelDuplexHandler {
    private final Limits limits;
    private @Nullable Future<?> deadline;
    private boolean streams;

    Deadlines(Limits limits) {
      this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      within(context, limits.request());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      // The answer to a request may begin before the request's end is read.
      if (message instanceof LastHttpContent && !streams) {
        within(context, limits.idle());
      }
      context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        streams =
            HttpHeaderValues.TEXT_EVENT_STREAM.contentEqualsIgnoreCase(
                response.headers().get(HttpHeaderNames.CONTENT_TYPE, ""));
        if (streams) {
          end();
        }
      }
      if (message instanceof LastHttpContent && !streams) {
        promise.unvoid().addListener(_ -> within(context, limits.idle()));
      }
      var _ = context.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end();
      context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      end();
    }

    private void within(ChannelHandlerContext context, Duration time) {
      end();
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

    private void end() {
      if (deadline != null) {
        deadline.cancel(false);
        deadline = null;
      }
    }
  }
}
