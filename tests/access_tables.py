"""Who may see and do what, written by hand: the expectation of the access test. Nothing here comes from the program.

A dash is "nothing at all": the answer must be the very one that an id gets which does not exist.
"""

from tests.access_routes import rows


def grid(text: str) -> dict[tuple[str, str], str]:
    """A table of letters by row and column; a dash is an empty cell."""
    columns = next(line.split() for line in text.splitlines() if line.split())[1:]
    return {
        (row[0], column): cell.replace("-", "")
        for row in rows(text)
        for column, cell in zip(columns, row[1:], strict=True)
    }


#: Everybody: role@place, several joined by "+". A posting that ended yesterday has "<", one that begins tomorrow ">".
PEOPLE = {
    row[0]: row[1].split("+")
    for row in rows("""
login             postings
officer_a1        grid_officer@A1
officer_a2        grid_officer@A2
officer_b1        grid_officer@B1
officer_b2        grid_officer@B2                            # the other village of the matter on the border
moved_a1          <grid_officer@A1+grid_officer@A3           # reported matters in A1 when it was his
former_a1         <grid_officer@A1
coming_a1         >grid_officer@A1
suspended_a1      grid_officer@A1                            # suspended while logged in
both              grid_officer@A2+township_supervisor@B
township_a        township_supervisor@A
township_a_two    township_supervisor@A
township_b        township_supervisor@B
moved_town        <township_supervisor@A+township_supervisor@B
county            county_office@county
county_two        county_office@county
housing           department_liaison@housing                 # leads
ecology           department_liaison@ecology                 # cooperates
water             department_liaison@water                   # had it once: "not ours"
transport         department_liaison@transport               # never had anything of A
moved_housing     <department_liaison@housing+department_liaison@transport
committee_a1      station_officer@committee_a1
committee_a2      station_officer@committee_a2
station_a         station_officer@station_a
station_b         station_officer@station_b
leader            leader@county
leader_a          leader@A
leader_b          leader@B
inspector         inspector@county
inspector_b       inspector@B
former_inspector  <inspector@county
admin             system_admin@nowhere
auditor           audit_admin@nowhere
""")
}
OUT = ("nobody", "suspended_a1")  # not logged in, and no longer
TWINS = ("township_a_two", "county_two")  # posted as their colleague: there to be looked at, they ask for nothing more


def roles(login: str) -> list[str]:
    """The roles somebody holds today; "out" when he is not logged in, "none" without a posting in force."""
    if login in OUT:
        return ["out"]
    return [posting.split("@")[0] for posting in PEOPLE[login] if posting[0] not in "<>"] or ["none"]


#: r reads, m makes the moves of its present state. Columns: the report's state, or what is special; b_ lies in B1.
#: border = A1 with B2; station = committee A1 had it, station A has it; sent, work, finished = water had it, housing
#: leads, ecology cooperates; county = reported by moved_a1; closed = settled on the spot; b_work = transport leads.
REPORTS = grid("""
login             township border returned station checked handled county sent work finished closed b_plain b_work
officer_a1        r        r      rm       r       r       r       r      r    r    r        r      -       -
officer_a2        -        -      -        -       -       -       -      -    -    -        -      -       -
officer_b1        -        -      -        -       -       -       -      -    -    -        -      r       r
officer_b2        -        r      -        -       -       -       -      -    -    -        -      -       -
moved_a1          -        -      -        -       -       -       -      -    -    -        -      -       -
former_a1         -        -      -        -       -       -       -      -    -    -        -      -       -
coming_a1         -        -      -        -       -       -       -      -    -    -        -      -       -
both              -        r      -        -       -       -       -      -    -    -        -      rm      r
township_a        rm       rm     r        r       rm      r       r      r    r    rm       r      -       -
township_b        -        r      -        -       -       -       -      -    -    -        -      rm      r
moved_town        -        r      -        -       -       -       -      -    -    -        -      rm      r
county            r        r      r        r       r       rm      rm     r    r    r        rm     r       r
housing           -        -      -        -       -       -       -      rm   rm   r        -      -       -
ecology           -        -      -        -       -       -       -      r    r    r        -      -       -
water             -        -      -        -       -       -       -      r    r    r        -      -       -
transport         -        -      -        -       -       -       -      -    -    -        -      -       rm
moved_housing     -        -      -        -       -       -       -      -    -    -        -      -       rm
committee_a1      -        -      -        r       r       -       -      -    -    -        -      -       -
committee_a2      -        -      -        -       -       -       -      -    -    -        -      -       -
station_a         -        -      -        rm      -       -       -      -    -    -        -      -       -
station_b         -        -      -        -       -       -       -      -    -    -        -      -       -
leader            r        r      r        r       r       r       r      r    r    r        r      r       r
leader_a          r        r      r        r       r       r       r      r    r    r        r      -       -
leader_b          -        r      -        -       -       -       -      -    -    -        -      r       r
inspector         r        r      r        r       r       r       r      r    r    r        r      r       r
inspector_b       -        r      -        -       -       -       -      -    -    -        -      r       r
former_inspector  -        -      -        -       -       -       -      -    -    -        -      -       -
admin             -        -      -        -       -       -       -      -    -    -        -      -       -
auditor           -        -      -        -       -       -       -      -    -    -        -      -       -
""")

#: Which moves each report's state has; whoever has an m above makes every one of them, nobody else makes any.
MOVES = {
    row[0]: row[1].split(",")
    for row in rows("""
report    moves
township  assign,raise,give_back,handle,dismiss
border    assign,raise
returned  supplement,cannot_add
station   handle
checked   confirm,redo
handled   confirm,redo
county    dispatch,give_back,dismiss
sent      receive,bounce
work      handle
finished  confirm,redo
closed    reopen
b_plain   raise
b_work    handle
""")
}

#: Acts beside the state: on which report it is tried, and who does it. A joint village's side sees and does none.
BESIDE = {
    row[0]: (row[1], row[2].split(","))
    for row in rows("""
act       report    who
look      border    township_a,county
problems  border    township_a,county
sample    closed    township_a,county
result    work      ecology
withdraw  township  township_a,county
part      work      county
choose    border    county            # of two townships
answer    township  officer_a1
undo      closed    -                 # nobody has just said anything there
""")
}

#: g the grid's card and list of objects, v its rounds, p writes a report there, k goes round there or types in a round,
#: n proposes for its list, o edits its list of objects and its card, u names the person of the office above for it, w sets the parts of the platform, t posts people there and
#: sets up bodies, x changes its borders.
GRIDS = grid("""
login             county     A         A1        A2        A3        B         B1        B2
officer_a1        -          -         gvpkn     -         -         -         -         -
officer_a2        -          -         -         gvpkn     -         -         -         -
officer_b1        -          -         -         -         -         -         gvpkn     -
officer_b2        -          -         -         -         -         -         -         gvpkn
moved_a1          -          -         -         -         gvpkn     -         -         -
both              -          -         -         gvpkn     -         gvpkotlh  gvpkoutl  gvpkoutl
township_a        -          gvpkotlh  gvpkoutl  gvpkoutl  gvpkoutl  -         -         -
township_b        -          -         -         -         -         gvpkotlh  gvpkoutl  gvpkoutl
moved_town        -          -         -         -         -         gvpkotlh  gvpkoutl  gvpkoutl
county            gvkowtxlh  gvoutxl   gvoutxl   gvoutxl   gvoutxl   gvoutxl   gvoutxl   gvoutxl
leader            gvl        gvl       gvl       gvl       gvl       gvl       gvl       gvl
leader_a          -          gvl       gvl       gvl       gvl       -         -         -
leader_b          -          -         -         -         -         gvl       gvl       gvl
inspector         gvl        gvl       gvl       gvl       gvl       gvl       gvl       gvl
inspector_b       -          -         -         -         -         gvl       gvl       gvl
admin             t          t         t         t         t         t         t         t
""")


#: r sees changes of borders, d goes on with his draft, a approves what somebody else proposed, w withdraws.
BORDERS = grid("""
login      draft_a1 proposed_b1
county     rdw      raw
leader     r        r
leader_a   r        -
leader_b   -        r
""")

#: v looks up, h helps as well (names, suspend, codes, postings). Nobody helps himself or his equals.
ACCOUNTS = grid("""
login           officer_a1 officer_b1 moved_a1 former_a1 coming_a1 both township_a_two township_b moved_town leader leader_a inspector_b committee_a1 station_b housing county_two admin auditor
township_a      vh         -          vh       vh        vh        v    v              -          -          -      v        -           vh           -         -       -          -     -
township_b      -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
moved_town      -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
both            -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
county          vh         vh         vh       vh        vh        vh   vh             vh         vh         vh     vh       vh          vh           vh        vh      v          -     -
admin           vh         vh         vh       vh        vh        vh   vh             vh         vh         vh     vh       vh          vh           vh        vh      vh         v     v 
""")

#: e ends the posting. Columns: whose@where.
POSTINGS = grid("""
login           officer_a1@A1 officer_b1@B1 both@A2 both@B township_b@B housing@housing leader_a@A auditor@nowhere
township_a      e             -             e       -      -            -               -          -
township_b      -             e             -       -      -            -               -          -
moved_town      -             e             -       -      -            -               -          -
both            -             e             -       -      -            -               -          -
county          e             e             e       e      e            e               e          -
admin           e             e             e       e      e            e               e          -
""")

#: e edits, closes and reopens the body.
BODIES = grid("""
login           station_a committee_a1 station_b housing
township_a      e         e            -         -
township_b      -         -            e         -
moved_town      -         -            e         -
both            -         -            e         -
county          e         e            e         e
admin           e         e            e         e
""")


#: s sets it. What an office decides is the county's, what keeps log-ins safe and the base map are the system's.
SETTINGS = grid("""
login   few coverage_days log_months remember_phone_days map_review_number everyday_words tile_url tile_attribution code_minutes
county  s   s             s          s                   s                 s              -        -                -
admin   -   -             -          -                   -                 -              s        s                s
""")


#: What is open to who is not logged in: actions, of which each address with an x under "out" has one.
OPEN = "asset.read health.read language.choose login.begin privacy.read help.read"
#: What is taken away from everybody whom it concerns, by action. Nobody helps himself, posts himself, ends his own posting.
EXCEPT = {"person.help": "person", "posting.grant": "person"}


def above(grid: str | None) -> str:
    """Who is posted in the grid above one of these; above all but the villages it is the county's office."""
    return f"township_{grid[0].lower()}" if grid and len(grid) == 2 else "county"
