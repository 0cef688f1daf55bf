package io.blkwarden.agent.kernel;

import io.blkwarden.model.WorkerId;

/**
 * The identity of a task, read at once from one file.
 *
 * <p>Source: {@code /proc/PID/stat}: {@code 564 (1.xvda2-0) S 2 0 0 0 -1 2097216 ... 4159 ...}. The
 * name may contain blanks and parentheses, so columns are counted from the last {@code )}. Linux
 * 5.17 and later show up to 63 characters of a kernel thread's name, older ones 15.
 *
 * @param id pid and start time
 * @param comm name, without the parentheses
 * @param parentPid 2 (kthreadd) for kernel threads
 * @param flags the kernel's {@code PF_*} bits
 */
public record TaskStat(WorkerId id, String comm, int parentPid, long flags) {
  private static final int KTHREADD = 2;
  private static final long PF_KTHREAD = 0x0020_0000L;

  /** Reads {@code proc/PID/stat}. Absent when the task does not exist. */
  public static ReadResult<TaskStat> read(KernelFiles files, int pid) {
    return files.parse("proc/" + pid + "/stat", TaskStat::parse);
  }

  /** Whether it is a kernel thread created by kthreadd; no user process can look like one. */
  public boolean isKernelThread() {
    return parentPid == KTHREADD && (flags & PF_KTHREAD) != 0;
  }

  /** Parses the file's text. */
  public static ReadResult<TaskStat> parse(String text) {
    int open = text.indexOf('(');
    int close = text.lastIndexOf(')');
    if (open < 0 || close < open) {
      return ReadResult.malformed("stat", "PID (NAME) STATE ...", text);
    }
    ColumnReader head = ColumnReader.of(text.substring(0, open));
    if (!head.nextNumber() || head.number() < 1 || head.number() > WorkerId.MAX_PID) {
      return ReadResult.malformed("column 1", "a pid", text.substring(0, open));
    }
    int pid = (int) head.number();
    ColumnReader columns = ColumnReader.of(text.substring(close + 1));
    if (!columns.next() || !columns.nextNumber() || columns.number() > WorkerId.MAX_PID) {
      return ReadResult.malformed("column 4", "the parent's pid", columns.text());
    }
    int parent = (int) columns.number();
    if (!columns.skip(4) || !columns.nextNumber()) {
      return ReadResult.malformed("column 9", "flags", columns.text());
    }
    long flags = columns.number();
    if (!columns.skip(12) || !columns.nextNumber()) {
      return ReadResult.malformed("column 22", "start time in ticks", columns.text());
    }
    WorkerId id = new WorkerId(pid, columns.number());
    return ReadResult.present(new TaskStat(id, text.substring(open + 1, close), parent, flags));
  }
}
