package io.blkwarden.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;

/** Checks that the build runs every test class: Surefire selects classes by name. */
public final class TestsAreRun {
  /** Surefire's default selection. */
  private static final Pattern SELECTED = Pattern.compile("Test.*|.*Test|.*Tests|.*TestCase");

  static final ArchRule RULE =
      classes()
          .that(describe("have tests", TestsAreRun::hasTests))
          .should(ArchCondition.from(describe("be run by the build", TestsAreRun::isRun)))
          .because(
              "names must end in Test, nested classes need @Nested and must not be static, and"
                  + " abstract ones need a subclass that is run");

  private TestsAreRun() {}

  /**
   * Fails if a test class is never run.
   *
   * @param test any test class of the module
   */
  public static void check(Class<?> test) throws URISyntaxException {
    RULE.check(
        new ClassFileImporter()
            .importPath(Path.of(test.getProtectionDomain().getCodeSource().getLocation().toURI())));
  }

  private static boolean hasTests(JavaClass type) {
    return type.getMethods().stream()
        .anyMatch(method ->
            method.isAnnotatedWith(Testable.class) || method.isMetaAnnotatedWith(Testable.class));
  }

  private static boolean isRun(JavaClass type) {
    return type.getModifiers().contains(ABSTRACT)
        ? type.getAllSubclasses().stream().anyMatch(TestsAreRun::isSelected)
        : isSelected(type);
  }

  private static boolean isSelected(JavaClass type) {
    if (type.getModifiers().contains(ABSTRACT)) {
      return false;
    }
    return type.getEnclosingClass()
        .map(outer ->
            type.isAnnotatedWith(Nested.class)
                && !type.getModifiers().contains(STATIC)
                && isSelected(outer))
        .orElseGet(() -> SELECTED.matcher(type.getSimpleName()).matches());
  }
}
