import Testing

/// The scanner under the other tests: a wall test that overlooks code cannot fail.
@Suite struct SwiftCodeTests {
    @Test(arguments: [
        "// print(\"x\")", "/* print( /* nested */ print( */", "let text = \"print(\"", "let text = #\"a \"print( \"#",
        "let text = \"\"\"\n  print(\n  \"\"\"", "let text = \"a \\\" print(\"", "debugPrint(x)",
        "/// `print(` is a word here",
    ])
    func overlooksWhatIsNotTheCall(source: String) {
        #expect(SwiftCode(source).count(of: "print(") == 0)
    }

    @Test(arguments: [
        "print(x)", "Swift.print(x)", "let text = \"\\(print(x))\"", "let text = #\"\\#(print(x))\"#",
        "/* a */ print(x)",
        "let a = \"\" ; print(x)", "let a = \"\\\\\"; print(x)", "let text = \"\"\"\n  \\(print(x))\n  \"\"\"",
        "let text = \"\\(f(\")\")) \\(print(x))\"", "// a comment\nprint(x)",
    ])
    func findsTheCall(source: String) {
        #expect(SwiftCode(source).count(of: "print(") == 1)
    }

    @Test func keepsLineNumbers() {
        let code = SwiftCode("/* one\ntwo */\nlet a = \"\"\"\n  four\n  \"\"\"\nprint(a)\n")
        #expect(code.linesHolding("print(") == [6])
    }

    @Test func readsEveryFormOfImport() {
        let code = SwiftCode(
            "import A\npackage import B\n@testable import C\nimport struct D.E\n// import F\n@preconcurrency public import G\n"
        )
        #expect(code.imports.map(\.module) == ["A", "B", "C", "D", "G"])
    }
}
