package io.blkwarden.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NetworkChannel;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;

/** The classes of a module without its tests, and rules shared by modules. */
public final class Architecture {
  /** Files and sockets, but not paths, which are values. */
  public static final DescribedPredicate<JavaClass> FILES_AND_SOCKETS =
      resideInAPackage("java.nio.file..")
          .and(not(type(Path.class)))
          .or(type(File.class))
          .or(assignableTo(FileInputStream.class))
          .or(assignableTo(FileOutputStream.class))
          .or(assignableTo(FileReader.class))
          .or(assignableTo(FileWriter.class))
          .or(assignableTo(RandomAccessFile.class))
          .or(assignableTo(NetworkChannel.class))
          .or(assignableTo(Socket.class))
          .or(assignableTo(ServerSocket.class))
          .as("files and sockets");

  private final JavaClasses classes;

  /**
   * Imports a module.
   *
   * @param root its top package
   */
  public Architecture(String root) {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(root);
  }

  /** Checks a rule. */
  public void check(ArchRule rule) {
    rule.check(classes);
  }

  /** Fails if classes outside the packages depend on the given ones. */
  public void onlyIn(DescribedPredicate<JavaClass> what, String... packages) {
    check(noClasses().that(not(resideInAnyPackage(packages))).should().dependOnClassesThat(what));
  }

  /** Fails if a package is not null-marked: NullAway skips it. */
  public void everyPackageIsNullMarked() {
    check(
        classes()
            .should(
                ArchCondition.from(
                    describe(
                        "reside in a package that is @NullMarked",
                        type -> type.getPackage().isAnnotatedWith(NullMarked.class)))));
  }

  /** Fails if packages depend on each other in a cycle. */
  public void packagesHaveNoCycles() {
    check(slices().matching("io.blkwarden.(**)").should().beFreeOfCycles());
  }
}
