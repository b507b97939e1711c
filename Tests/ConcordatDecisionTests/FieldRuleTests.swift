import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct FieldRuleTests {
    @Test func sharesNothingThatNoRulePermits() throws {
        let scene = try Scene(rule("R1", permit: ["identity"]))
        let input = scene.input(("/people/*/name", .person(0)), ("/people/*/phone", .person(0)))
        let decision = scene.judge(input)
        #expect(decision.plan?.action(for: scene.field("/people/*/name", .person(0))) == .keep)
        let phone = scene.field("/people/*/phone", .person(0))
        #expect(decision.plan?.action(for: phone) == .drop)
        #expect(decision.ground(phone)?.rules == [])
        #expect(decision.plan?.silent == [])
    }

    @Test func withholdsAMessageOfWhichNothingIsLeft() throws {
        let scene = try Scene(rule("R1", permit: ["identity"]))
        var input = scene.input(("/people/*/phone", .person(0)))
        // What could have been kept but is not there is nothing either.
        input.facts.absent = [scene.field("/people/*/name", .person(0))]
        let decision = scene.judge(input)
        #expect(decision.code == "rule.nothing-shared")
        #expect(!decision.isRefusedToAll)
        #expect(decision.grounds.count == 2)
        #expect(scene.judge(scene.input()).code == "rule.nothing-shared")
    }

    @Test func aProhibitionBeatsEveryPermission() throws {
        let scene = try Scene(
            rule("R1", permit: ["contact", "identity"]),
            rule("R2", prohibit: ["contact"], about: [.role("harmed")], to: ["hub"]),
            rule("R3", prohibit: ["contact"]), rule("R4", permit: ["contact"]))
        let decision = scene.judge(scene.input(("/people/*/name", .person(0)), ("/people/*/phone", .person(0))))
        let ground = decision.ground(scene.field("/people/*/phone", .person(0)))
        #expect(ground?.action == .drop)
        #expect(ground?.rules == ["R2", "R3"])
    }

    @Test func aProhibitionForAnotherRoleOrKindLetsPass() throws {
        let scene = try Scene(
            rule("R1", permit: ["contact"]), rule("R2", prohibit: ["contact"], about: [.role("harmed")]),
            rule("R3", prohibit: ["contact"], to: ["prison"]))
        let decision = scene.judge(scene.input(("/people/*/phone", .person(0)), ("/people/*/phone", .person(1))))
        #expect(decision.ground(scene.field("/people/*/phone", .person(0)))?.rules == ["R2"])
        #expect(decision.ground(scene.field("/people/*/phone", .person(1)))?.rules == ["R1"])
    }

    @Test func doesNotLookAtConsentForWhatIsProhibited() throws {
        let scene = try Scene(
            rule("R1", permit: ["contact"], consent: .given), rule("R2", prohibit: ["contact"]),
            rule("R3", permit: ["identity"]))
        let decision = scene.judge(scene.input(("/people/*/name", .person(0)), ("/people/*/phone", .person(0))))
        #expect(decision.consents.isEmpty)
    }

    @Test(arguments: [
        (["R1", "R2"], FieldAction.keep), (["R2"], .year), (["R2", "R3"], .year), (["R2", "R4"], .drop),
        (["R1", "R2", "R4"], .keep),
    ])
    func wholeBeatsATransformAndDifferingTransformsDrop(rules: [RuleID], action: FieldAction) throws {
        let all = [
            rule("R1", permit: ["identity"]), rule("R2", permit: ["identity"], as: .year),
            rule("R3", permit: ["identity"], as: .year), rule("R4", permit: ["identity"], as: .initials),
        ]
        var scene = try Scene()
        scene.text.rules = all.filter { rules.contains($0.id) } + [rule("R9", permit: ["offence"])]
        let decision = scene.judge(scene.input(("/people/*/name", .person(0)), ("/offence", .nobody)))
        #expect(decision.ground(scene.field("/people/*/name", .person(0)))?.action == action)
    }

    @Test func eachOfTwoRolesMustLetItPass() throws {
        let both = JudgedPerson(id: "eve", roles: ["harmed", "harmer"])
        var scene = try Scene(
            rule("R1", permit: ["identity"], about: [.role("harmed")]), rule("R9", permit: ["offence"]))
        func ground() -> FieldGround? {
            let input = scene.input(people: [both], ("/people/*/name", .person(0)), ("/offence", .nobody))
            return scene.judge(input).ground(scene.field("/people/*/name", .person(0)))
        }
        #expect(ground()?.action == .drop)
        scene.text.rules.append(rule("R2", permit: ["identity"], as: .initials, about: [.role("harmer")]))
        #expect(ground()?.action == .initials)
        #expect(ground()?.rules == ["R1", "R2"])
        scene.text.rules[0].effect = .permit(.year, ConsentNeed(level: .none))
        #expect(ground()?.action == .drop)
        scene.text.rules[0].effect = .permit(.keep, ConsentNeed(level: .none))
        scene.text.rules.append(rule("R3", prohibit: ["identity"], about: [.role("harmer")]))
        #expect(ground()?.rules == ["R3"])
    }

    @Test func nothingAboutAPersonWithoutARolePasses() throws {
        let scene = try Scene(rule("R1", permit: ["identity", "offence"]))
        let nobody = JudgedPerson(id: "eve", roles: [])
        let input = scene.input(people: [nobody], ("/people/*/name", .person(0)), ("/offence", .nobody))
        #expect(scene.judge(input).plan?.action(for: scene.field("/people/*/name", .person(0))) == .drop)
        #expect(scene.judge(input).plan?.action(for: scene.field("/offence", .nobody)) == .keep)
    }

    @Test func nobodyAndARoleAreSubjectsOfTheirOwn() throws {
        let scene = try Scene(
            rule("R1", permit: ["offence"], about: [.nobody]),
            rule("R2", permit: ["contact"], about: [.role("harmed")]),
            rule("R3", permit: ["offence"], about: [.role("harmer")]))
        let decision = scene.judge(scene.input(("/offence", .nobody), ("/wish", .role("harmed"))))
        #expect(decision.ground(scene.field("/offence", .nobody))?.rules == ["R1"])
        #expect(decision.ground(scene.field("/wish", .role("harmed")))?.rules == ["R2"])
    }

    @Test func saysWhatAPermitLacked() throws {
        let scene = try Scene(
            rule("R1", permit: ["contact"], toCapacity: ["case-holder"]),
            rule("R2", permit: ["contact"], consent: .given),
            rule("R3", permit: ["contact"], when: .test(.flag("kind"), .contains("theft"))),
            rule("R4", permit: ["contact"], to: ["prison"]), rule("R9", permit: ["identity"]))
        let decision = scene.judge(scene.input(("/people/*/name", .person(0)), ("/people/*/phone", .person(0))))
        #expect(
            decision.ground(scene.field("/people/*/phone", .person(0)))?.missed == [
                MissedPermit(rule: "R1", lack: .capacity), MissedPermit(rule: "R2", lack: .consent),
                MissedPermit(rule: "R3", lack: .condition),
            ])
    }

    @Test func whatASilentRuleDecidesIsNotTold() throws {
        let scene = try Scene(
            rule("R1", permit: ["identity"], as: .initials, silent: true),
            rule("R2", prohibit: ["contact"], silent: true),
            rule("R3", permit: ["location"], consent: .given, silent: true), rule("R4", prohibit: ["offence"]))
        let paths = ["/people/*/name", "/people/*/phone", "/people/*/home"]
        var input = scene.input(("/offence", .nobody))
        for path in paths { input.facts.fields[scene.field(path, .person(0))] = 1 }
        #expect(scene.judge(input).plan?.silent == Set(paths.map { scene.field($0, .person(0)) }))
    }

    @Test func aFieldLeftOutIsJudgedAsIfItWereThere() throws {
        let scene = try Scene(rule("R1", permit: ["identity"]))
        var input = scene.input(("/people/*/name", .person(0)))
        input.facts.absent = [scene.field("/people/*/phone", .person(0)), scene.field("/people/*/name", .person(1))]
        let decision = scene.judge(input)
        #expect(decision.ground(scene.field("/people/*/phone", .person(0)))?.action == .drop)
        #expect(decision.ground(scene.field("/people/*/name", .person(1)))?.action == .keep)
        #expect(decision.ground(scene.field("/people/*/name", .person(1)))?.count == 0)
        #expect(decision.ground(scene.field("/people/*/name", .person(0)))?.count == 1)
    }

    @Test func groundsStandInTheOrderOfPathsAndSubjects() throws {
        let scene = try Scene(rule("R1", permit: ["identity", "contact", "offence"]))
        let input = scene.input(
            ("/people/*/phone", .person(1)), ("/wish", .role("harmed")), ("/people/*/phone", .person(0)),
            ("/offence", .nobody), ("/people/*/name", .person(1)))
        let expected = [
            scene.field("/offence", .nobody), scene.field("/people/*/name", .person(1)),
            scene.field("/people/*/phone", .person(0)), scene.field("/people/*/phone", .person(1)),
            scene.field("/wish", .role("harmed")),
        ]
        #expect(scene.judge(input).grounds.map(\.field) == expected)
    }

    @Test func aNodeThatIsNoFieldOfTheSchemaDoesNotPass() throws {
        let scene = try Scene(rule("R1", permit: ["identity"]))
        var input = scene.input(("/people/*/name", .person(0)))
        let foreign = FieldOccurrence(node: NodeIndex(9_999), subject: .nobody)
        input.facts.fields[foreign] = 1
        #expect(scene.judge(input).plan?.action(for: foreign) == .drop)
        // Nor does a person of whom the caller said nothing.
        input.facts.fields[scene.field("/people/*/name", .person(7))] = 1
        #expect(scene.judge(input).plan?.action(for: scene.field("/people/*/name", .person(7))) == .drop)
    }

    // MARK: Rules that refuse the message

    @Test func refusesTheWholeMessageAndTellsWhomEachRuleNames() throws {
        let domestic = Condition.test(.flag("kind"), .contains("domestic"))
        let scene = try Scene(
            rule("R1", permit: ["identity"]), rule(refusing: "S1", when: domestic, tell: ["hub", "lead"]),
            rule(refusing: "S2", tell: ["lead", "police"]), rule(refusing: "S3", to: ["prison"], tell: ["prison"]))
        var input = scene.input(("/people/*/name", .person(0)))
        input.caseFacts.flags = ["kind": ["domestic"]]
        let decision = scene.judge(input)
        #expect(decision.isRefusedToAll)
        #expect(decision.refusal == Refusal(code: "rule.refused", clause: "S1", tell: ["hub", "lead", "police"]))
        #expect(decision.grounds.isEmpty)
        input.caseFacts.flags = [:]
        #expect(scene.judge(input).clause == "S2")
    }

    @Test func aRefusalAboutARoleNeedsSomeoneWithIt() throws {
        let scene = try Scene(rule("R1", permit: ["offence"]), rule(refusing: "S1", about: [.role("witness")]))
        #expect(scene.judge(scene.input(("/offence", .nobody))).code == nil)
        let witness = JudgedPerson(id: "eve", roles: ["witness"])
        #expect(scene.judge(scene.input(people: [witness], ("/offence", .nobody))).code == "rule.refused")
    }

    @Test func aFlagIsWhatTheCaseRemembersAndWhatTheMessageAdds() throws {
        let domestic = Condition.test(.flag("kind"), .contains("domestic"))
        let scene = try Scene(rule("R1", permit: ["identity"]), rule(refusing: "S1", when: domestic))
        var input = scene.input("referral", ("/people/*/name", .person(0)))
        input.caseFacts.flags = ["kind": ["theft"]]
        #expect(scene.judge(input).code == nil)
        input.facts.facts["/offence"] = ["domestic"]
        #expect(scene.judge(input).code == "rule.refused")
        // The flag is not fed by other messages.
        input.message = "tell"
        #expect(scene.judge(input).code == nil)
    }

    @Test(arguments: [
        (Condition.test(.field("/x"), .contains("a")), [true, false, true, false]),
        (.test(.field("/x"), .lacks("a")), [false, true, false, false]),
        (.test(.field("/x"), .containsAny(["a", "z"])), [true, false, true, false]),
        (.test(.field("/x"), .only(["a"])), [true, false, false, false]),
        (.test(.field("/x"), .only(["a", "b"])), [true, true, true, false]),
        (.test(.field("/x"), .present(true)), [true, true, true, false]),
        (.test(.field("/x"), .present(false)), [false, false, false, true]),
        (.not(.test(.field("/x"), .contains("a"))), [false, true, false, true]),
        (
            .all([.test(.field("/x"), .contains("a")), .test(.field("/x"), .contains("b"))]),
            [false, false, true, false]
        ),
        (.any([.test(.field("/x"), .only(["a"])), .test(.field("/x"), .present(false))]), [true, false, false, true]),
        (.test(.recipientSpeciality, .contains("a")), [false, false, false, false]),
    ])
    func aConditionIsATestOfASet(condition: Condition, expected: [Bool]) throws {
        let scene = try Scene(rule("R1", permit: ["offence"], when: condition))
        let values: [Set<String>] = [["a"], ["b"], ["a", "b"], []]
        let found = values.map { values in
            var input = scene.input(("/offence", .nobody))
            input.facts.facts["/x"] = values
            return scene.judge(input).code == nil
        }
        #expect(found == expected)
    }

    @Test func aSpecialityIsThatOfThePartyAsked() throws {
        let scene = try Scene(
            rule("R1", permit: ["offence"], when: .test(.recipientSpeciality, .contains("domestic"))),
            rule("R2", permit: ["identity"], when: .test(.senderSpeciality, .contains("domestic"))))
        func shares(_ recipient: PartyID, _ path: String, _ subject: FieldSubject) -> Bool {
            scene.judge(scene.input(to: recipient, (path, subject))).code == nil
        }
        #expect(shares("unit", "/offence", .nobody))
        #expect(!shares("unit-2", "/offence", .nobody))
        #expect(!shares("unit", "/people/*/name", .person(0)))
    }
}
