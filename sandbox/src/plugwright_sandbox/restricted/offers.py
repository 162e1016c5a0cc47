"""What a plugin may import here, name by name.

A name is on the list if it is a function, a class or a constant that gives a plugin no
way to what it was not given. Not on it, among others:

- what takes the name of an attribute, or text that holds one, and reads it unguarded:
  `operator.attrgetter`, `string.Formatter`, `functools.update_wrapper`,
  `collections.UserString`. Some are there in a form that asks the guards;
- what changes a class or a module that it is given: `dataclasses.dataclass` and
  `functools.total_ordering` are there in a form that takes a plugin's own class only;
- what makes code or classes of text or dicts: `dataclasses.make_dataclass`, `Enum(...)`
  with a list of names, `types`;
- what hands out frames, files, codecs or the process: `inspect`, `traceback`, `io`
  beyond its two buffers in memory, `sys`, `os`, `gc`, `logging`, `warnings`;
- what reads memory as it is: `array`, `struct`, `memoryview`, `ctypes`.

A name that this version of Python lacks is left out.
"""

from __future__ import annotations

OFFERS: dict[str, str] = {
    "abc": "ABC abstractmethod",
    "base64": """
        b16decode b16encode b32decode b32encode b32hexdecode b32hexencode b64decode
        b64encode b85decode b85encode standard_b64decode standard_b64encode
        urlsafe_b64decode urlsafe_b64encode a85decode a85encode
    """,
    "binascii": "Error a2b_base64 a2b_hex b2a_base64 b2a_hex crc32 hexlify unhexlify",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "calendar": """
        Calendar FRIDAY IllegalMonthError IllegalWeekdayError MONDAY SATURDAY SUNDAY
        THURSDAY TUESDAY TextCalendar WEDNESDAY day_abbr day_name isleap leapdays
        month_abbr month_name monthcalendar monthrange timegm weekday
    """,
    "cmath": """
        acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf
        isnan log log10 nan nanj phase pi polar rect sin sinh sqrt tan tanh tau
    """,
    "collections": """
        ChainMap Counter OrderedDict UserDict UserList abc defaultdict deque namedtuple
    """,
    "collections.abc": """
        ByteString Callable Collection Container Generator Hashable ItemsView Iterable
        Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet
        Reversible Sequence Set Sized ValuesView
    """,
    "colorsys": "hls_to_rgb hsv_to_rgb rgb_to_hls rgb_to_hsv rgb_to_yiq yiq_to_rgb",
    "contextlib": "closing contextmanager nullcontext suppress",
    "copy": "copy deepcopy",
    "csv": """
        DictReader DictWriter Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC
        reader writer
    """,
    "dataclasses": """
        FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field
        fields is_dataclass replace
    """,
    "datetime": "MAXYEAR MINYEAR UTC date datetime time timedelta timezone tzinfo",
    "decimal": """
        Clamped Context ConversionSyntax Decimal DecimalException DivisionByZero
        DivisionImpossible DivisionUndefined FloatOperation Inexact InvalidContext
        InvalidOperation Overflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR
        ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded Subnormal
        Underflow getcontext localcontext setcontext
    """,
    "difflib": """
        SequenceMatcher context_diff get_close_matches ndiff restore unified_diff
    """,
    "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
    "fnmatch": "filter fnmatch fnmatchcase translate",
    "fractions": "Fraction",
    "functools": """
        cache cached_property cmp_to_key lru_cache partial reduce total_ordering wraps
    """,
    "graphlib": "CycleError TopologicalSorter",
    "hashlib": """
        blake2b blake2s md5 new pbkdf2_hmac sha1 sha224 sha256 sha384 sha3_224 sha3_256
        sha3_384 sha3_512 sha512 shake_128 shake_256
    """,
    "heapq": """
        heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest
    """,
    "hmac": "compare_digest digest new",
    "html": "escape unescape",
    "io": "BytesIO StringIO",
    "itertools": """
        accumulate batched chain combinations combinations_with_replacement compress
        count cycle dropwhile filterfalse groupby islice pairwise permutations product
        repeat starmap takewhile tee zip_longest
    """,
    "json": "JSONDecodeError JSONEncoder dumps loads",
    "math": """
        acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees
        dist e erf erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd
        hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p
        log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt sumprod
        tan tanh tau trunc ulp
    """,
    "numbers": "Complex Integral Number Rational Real",
    "operator": """
        abs add and_ attrgetter concat contains countOf delitem eq floordiv ge getitem
        gt iadd iand iconcat ifloordiv ilshift imatmul imod imul index indexOf inv
        invert ior ipow irshift is_ is_not isub itemgetter itruediv ixor le length_hint
        lshift lt matmul methodcaller mod mul ne neg not_ or_ pos pow rshift setitem
        sub truediv truth xor
    """,
    "pprint": "pformat pp pprint",
    "random": """
        Random betavariate binomialvariate choice choices expovariate gammavariate gauss
        getrandbits lognormvariate normalvariate paretovariate randbytes randint random
        randrange sample seed shuffle triangular uniform vonmisesvariate weibullvariate
    """,
    "re": """
        A ASCII DOTALL I IGNORECASE M MULTILINE Match NOFLAG Pattern RegexFlag S U
        UNICODE VERBOSE X compile error PatternError escape findall finditer fullmatch
        match search split sub subn
    """,
    "statistics": """
        LinearRegression NormalDist StatisticsError correlation covariance fmean
        geometric_mean harmonic_mean kde linear_regression mean median median_grouped
        median_high median_low mode multimode pstdev pvariance quantiles stdev variance
    """,
    "string": """
        Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits
        octdigits printable punctuation whitespace
    """,
    "textwrap": "TextWrapper dedent fill indent shorten wrap",
    "time": """
        asctime ctime gmtime localtime monotonic monotonic_ns perf_counter
        perf_counter_ns process_time sleep strftime strptime struct_time time time_ns
    """,
    "tomllib": "TOMLDecodeError loads",
    "typing": """
        AbstractSet Annotated Any AnyStr Callable ChainMap ClassVar Collection
        Concatenate Container Counter DefaultDict Deque Dict Final FrozenSet Generator
        Generic
        Hashable ItemsView Iterable Iterator KeysView List Literal LiteralString Mapping
        MutableMapping MutableSequence MutableSet NamedTuple Never NewType NoReturn
        NotRequired Optional OrderedDict ParamSpec Protocol ReadOnly Required Reversible
        Self Sequence Set Sized SupportsAbs SupportsFloat SupportsIndex SupportsInt
        SupportsRound TYPE_CHECKING Text Tuple Type TypeAlias TypeGuard TypeIs TypeVar
        TypeVarTuple TypedDict Union Unpack ValuesView assert_never cast final override
        overload
    """,
    "unicodedata": """
        bidirectional category combining decimal decomposition digit east_asian_width
        is_normalized lookup mirrored name normalize numeric unidata_version
    """,
    "urllib": "parse",
    "urllib.parse": """
        parse_qs parse_qsl quote quote_plus unquote unquote_plus urlencode urljoin
        urlparse urlsplit urlunparse urlunsplit
    """,
    "uuid": """
        NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 UUID uuid3 uuid4 uuid5
    """,
    "zlib": "adler32 compress crc32 decompress error",
}

BUILTINS = """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict
    divmod enumerate filter float format frozenset hash hex int isinstance issubclass
    iter len list map max min next object oct ord pow print property range repr
    reversed round set slice sorted staticmethod str sum super tuple zip
    Ellipsis NotImplemented

    ArithmeticError AssertionError AttributeError BaseException BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError
    ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning
    EOFError EncodingWarning EnvironmentError Exception FileExistsError
    FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
    ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
    PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError
    RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
    SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
"""
"""The built-in names that are there as they are."""

BEHIND = """
    _strptime _pydatetime _pylong encodings.ascii encodings.cp1252 encodings.hex_codec
    encodings.idna encodings.latin_1 encodings.punycode encodings.raw_unicode_escape
    encodings.unicode_escape encodings.utf_16 encodings.utf_16_be encodings.utf_16_le
    encodings.utf_32 encodings.utf_8_sig encodings.cp437 stringprep html.entities
    ast inspect linecache annotationlib
"""
"""What the modules above import only when it is first used: there are no files then."""
