package io.tophash.bench.shot;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Adds up the pauses of the garbage collector from now on. */
final class GcWatch {
  private final List<GarbageCollectorMXBean> collectors = new ArrayList<>();
  private final long millisBefore;
  private volatile long longestMillis;

  GcWatch() {
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      // The concurrent phases of G1, on newer JDKs, are no pauses.
      if (!bean.getName().contains("Concurrent")) {
        collectors.add(bean);
        NotificationListener listener = (notification, handback) -> take(notification);
        ((NotificationEmitter) bean).addNotificationListener(listener, null, null);
      }
    }
    millisBefore = millis();
  }

  private long millis() {
    return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
  }

  private void take(Notification notification) {
    if (notification.getUserData() instanceof CompositeData data) {
      long millis = GarbageCollectionNotificationInfo.from(data).getGcInfo().getDuration();
      longestMillis = Math.max(longestMillis, millis);
    }
  }

  /** Prints what has passed. */
  void print() {
    Shot.print("gcPausesMs", millis() - millisBefore);
    Shot.print("gcLongestMs", longestMillis);
  }
}
