import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Changes class files of a jar that are older than Java 6 to the Java 8 version, with the stack
 * maps that it requires. The AOT cache rejects classes without stack maps, so that each start would
 * load and verify them again, with the JVM's old verifier.
 *
 * <p>{@code java NewerClasses.java JAR}
 */
final class NewerClasses {
  private static final int JAVA_6 = 50;

  private NewerClasses() {}

  /** Rewrites the jar; the same jar gives the same bytes. */
  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
    Map<String, byte[]> byName = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(jar);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] bytes = zip.readAllBytes();
        entries.put(entry, bytes);
        byName.put(entry.getName(), bytes);
      }
    }
    ClassHierarchyResolver own =
        ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> {
          String descriptor = type.descriptorString();
          byte[] bytes = byName.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
          return bytes == null ? null : new ByteArrayInputStream(bytes);
        });
    ClassFile classes =
        ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS,
            ClassHierarchyResolverOption.of(own.orElse(ClassHierarchyResolver.defaultResolver())));
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
        ZipEntry copy = new ZipEntry(entry.getKey().getName());
        copy.setTime(entry.getKey().getTime());
        zip.putNextEntry(copy);
        zip.write(
            copy.getName().endsWith(".class")
                ? newer(classes, entry.getValue())
                : entry.getValue());
        zip.closeEntry();
      }
    }
  }

  private static byte[] newer(ClassFile classes, byte[] bytes) {
    ClassModel model = classes.parse(bytes);
    if (model.majorVersion() >= JAVA_6) {
      return bytes;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    return classes.transformClass(
        model,
        version.andThen(
            ClassTransform.transformingMethodBodies((code, element) -> code.with(element))));
  }
}
