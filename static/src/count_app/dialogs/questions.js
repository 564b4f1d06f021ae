import { CameraQuestion } from "./camera";
import { ClaimedQuestion } from "./claimed";
import { DoubtQuestion } from "./doubt";
import { EditEntryQuestion } from "./edit_entry";
import { FinishBinQuestion } from "./finish_bin";
import { ItemQuestion } from "./item";
import { LocationQuestion } from "./location";
import { LotQuestion } from "./lot";
import { MenuQuestion } from "./menu";
import { MoreOptionsQuestion } from "./more_options";
import { PackageQuestion } from "./package";
import { PhotosQuestion } from "./photos";
import { RefusedQuestion } from "./refused";
import { ResetQuestion } from "./reset";
import { SerialsQuestion } from "./serials";
import { SeveralQuestion } from "./several";
import { StorageFullQuestion } from "./storage_full";
import { UnknownCodeQuestion } from "./unknown_code";
import { WhichLineQuestion } from "./which_line";

/** The component of each question that `app.ask` can open, by its name. */
export const QUESTIONS = {
    camera: CameraQuestion,
    claimed: ClaimedQuestion,
    doubt: DoubtQuestion,
    edit_entry: EditEntryQuestion,
    finish_bin: FinishBinQuestion,
    item: ItemQuestion,
    location: LocationQuestion,
    lot: LotQuestion,
    menu: MenuQuestion,
    more_options: MoreOptionsQuestion,
    package: PackageQuestion,
    photos: PhotosQuestion,
    refused: RefusedQuestion,
    reset: ResetQuestion,
    serials: SerialsQuestion,
    several: SeveralQuestion,
    storage_full: StorageFullQuestion,
    unknown_code: UnknownCodeQuestion,
    which_line: WhichLineQuestion,
};
