// Generated from openapi.json by `npm run wire`. Do not edit.

export interface paths {
    "/api/bridge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How exactly a Transformer is a stateless DNC, measured on this host */
        get: operations["bridge_api_bridge_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own fits, newest first */
        get: operations["fits_api_fits_get"];
        put?: never;
        /** Train a model further on a series: a fit that begins when those before it are over */
        post: operations["begin_api_fits_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fits/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How a series would be split for a fit, and what the baselines reach on it */
        post: operations["plan_api_fits_plan_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fits/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A fit as soon as there is news of it, at the latest after 15 s */
        get: operations["fit_api_fits__id__get"];
        put?: never;
        post?: never;
        /** Delete a fit and its checkpoint; recordings made with it stay */
        delete: operations["remove_api_fits__id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fits/{id}/checkpoint.zip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fitted checkpoint, for `mnemoscope record --models FOLDER` */
        get: operations["archive_api_fits__id__checkpoint_zip_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fits/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a training; the best so far is the result */
        post: operations["stop_api_fits__id__stop_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/formats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kinds of files that can be brought */
        get: operations["formats_api_formats_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/gallery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recordings that ship with the program */
        get: operations["gallery_api_gallery_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Checkpoints that can be run, one's own fitted ones last */
        get: operations["models_api_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own recordings of this data folder and those listed for all, newest first */
        get: operations["recordings_api_recordings_get"];
        put?: never;
        /** Bring a recording as a .mnemo file; it is proved first, and then private */
        post: operations["bring_api_recordings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One recording */
        get: operations["recording_api_recordings__id__get"];
        put?: never;
        post?: never;
        /** Delete a recording; a live one is stopped first */
        delete: operations["delete_api_recordings__id__delete"];
        options?: never;
        head?: never;
        /** Rename a recording, list it, let it expire, pin it */
        patch: operations["change_api_recordings__id__patch"];
        trace?: never;
    };
    "/api/recordings/{id}/chunks/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Frames of steps 64·number … 64·number+63 of all models, as on the wire */
        get: operations["chunk_api_recordings__id__chunks__number__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/engine/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model of the recording as WebAssembly with its weights, before its first step */
        get: operations["engine_api_recordings__id__engine__stream__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/export.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One page that opens from disk */
        get: operations["export_api_recordings__id__export_html_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The .mnemo file */
        get: operations["file_api_recordings__id__file_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/lens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one output depended on, from the model itself */
        get: operations["lens_api_recordings__id__lens_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What blanking a stretch of the input would have changed */
        get: operations["moves_api_recordings__id__moves_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/picture.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What it looks like, 1200 × 630 */
        get: operations["picture_api_recordings__id__picture_png_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A copy to share, of a range of its steps */
        post: operations["share_api_recordings__id__share_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recordings/{id}/verdict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which model answered best, and why */
        get: operations["verdict_api_recordings__id__verdict_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Measure how long a signal is remembered */
        post: operations["begin_api_retention_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retention/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A measurement, whole or as far as it has come */
        get: operations["read_api_retention__id__get"];
        put?: never;
        post?: never;
        /** Delete a measurement that is over */
        delete: operations["delete_api_retention__id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retention/{id}/again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Measure a question that was stopped or failed once more */
        post: operations["again_api_retention__id__again_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retention/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The recording of one delay; it is made where there is none yet */
        post: operations["record_api_retention__id__recordings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retention/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a measurement; what was measured stays */
        post: operations["stop_api_retention__id__stop_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run models over a signal: a recording that begins now */
        post: operations["open_session_api_sessions_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stop a session; what it computed stays as a recording */
        delete: operations["stop_session_api_sessions__id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a live source stands, and how to feed it */
        get: operations["feeding_api_sessions__id__samples_get"];
        put?: never;
        /** Send samples of a live source; 429 with Retry-After where the queue is full, and then none is taken */
        post: operations["send_api_sessions__id__samples_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}/wheel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the wheel is given, and the key */
        get: operations["given_api_sessions__id__wheel_get"];
        put?: never;
        /** Give the wheel of a live run to whoever has the key */
        post: operations["give_api_sessions__id__wheel_post"];
        /** Take the wheel back: the key opens nothing any more */
        delete: operations["take_back_api_sessions__id__wheel_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Signals that can be made, with their knobs */
        get: operations["signals_api_signals_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measured series that come with the program */
        get: operations["shipped_api_signals_files_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of those, as a file */
        get: operations["shipped_file_api_signals_files__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A generated signal */
        post: operations["signal_preview_api_signals_preview_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/signals/suggestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How long to run a generated signal, and with what options */
        post: operations["length_api_signals_suggestion_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this server is and can do now */
        get: operations["status_api_status_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/study": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was measured with several seeds: paradigms at equal updates and equal floats, the ladder trained */
        get: operations["study_api_study_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What models can be asked to do, with the options of each task */
        get: operations["tasks_api_tasks_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{name}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Steps and events of a run, before it is asked for */
        post: operations["task_plan_api_tasks__name__plan_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a file, or the files of one record */
        post: operations["upload_api_uploads_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/progress/{watch}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a file is that is being read */
        get: operations["progress_api_uploads_progress__watch__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a file and what was read of it; recordings of it stay */
        delete: operations["remove_upload_api_uploads__id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a run on a window of a file would see and cost */
        post: operations["preview_api_uploads__id__preview_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{id}/readings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read a file that was brought by other options
         * @description Makes an upload of its own; the one that it was made from stays as it is.
         */
        post: operations["read_again_api_uploads__id__readings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/uploads/{id}/suggestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which part of a file to look at first */
        post: operations["window_api_uploads__id__suggestion_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Agreement
         * @description Two computations of the same outputs.
         */
        Agreement: {
            /**
             * Difference
             * @description Largest absolute difference over all steps and outputs.
             */
            difference: number;
            /** Equal */
            equal: boolean;
            /**
             * Limit
             * @description Largest difference that counts as equal: rounding; 0 = every bit must agree.
             */
            limit: number;
            /**
             * Scale
             * @description Largest absolute output of the Transformer.
             */
            scale: number;
        };
        /**
         * Alternative
         * @description Another way to read a file.
         */
        Alternative: {
            /** Label */
            label: string;
            /** @description What is to be added to the options the file was sent with. */
            options: components["schemas"]["ImportOptions"];
            /**
             * Switches
             * @description The same for the command line.
             */
            switches: string;
        };
        /**
         * BadLine
         * @description A line of text that is no sample.
         */
        BadLine: {
            /**
             * Line
             * @description Counted from 1.
             */
            line: number;
            /** Text */
            text: string;
            /** Why */
            why: string;
        };
        /**
         * BankEntry
         * @description One memory of a model.
         */
        BankEntry: {
            /**
             * Bias Slopes
             * @description Per head, what a step of distance costs in the score of attention (ALiBi).
             * @default null
             */
            bias_slopes?: number[] | null;
            /**
             * Deallocation
             * @description Freed slots are also wiped (factor ψ in the memory update).
             * @default null
             */
            deallocation?: boolean | null;
            /**
             * Direct
             * @description What is read is the state itself (GRU).
             * @default null
             */
            direct?: boolean | null;
            /**
             * Gated
             * @description Each step says whether it wrote and whether it read (encoder-decoder).
             * @default null
             */
            gated?: boolean | null;
            /**
             * Kind
             * @description Kind of memory: one of the table of kinds below.
             */
            kind: string;
            /**
             * Links
             * @description The keyframe holds `links` and `precedence` (DNC).
             * @default null
             */
            links?: boolean | null;
            /**
             * Name
             * @description Name inside the model; its tensors carry it.
             */
            name: string;
            /**
             * Read Heads
             * @description Addresses it is read at in one step.
             */
            read_heads: number;
            /**
             * Slots
             * @description Number of slots, or the size of a key; null where the memory grows by one per step or is one state.
             */
            slots: number | null;
            /**
             * Usage
             * @description The keyframe holds `usage` (DNC); the reader rebuilds it between keyframes.
             * @default null
             */
            usage?: boolean | null;
            /**
             * Width
             * @description Numbers per slot; of one state its units; where each head has slots of its own the width of one head.
             */
            width: number;
            /**
             * Write Heads
             * @description Addresses it is written at in one step.
             */
            write_heads: number;
        };
        /**
         * BaselineErrors
         * @description The task's own error, lower is better; null where a baseline has no meaning for the task.
         */
        BaselineErrors: {
            /**
             * Ar32
             * @description AR(32) by least squares on the part that is fitted to.
             */
            ar32: number | null;
            /**
             * Mean
             * @description The mean of the part that is fitted to, always.
             */
            mean: number | null;
            /**
             * Persistence
             * @description The last value again: of the next value MASE is 1; of a replay, the last one heard before the cue.
             */
            persistence: number | null;
            /**
             * Seasonal
             * @description The value one season before.
             */
            seasonal: number | null;
            /**
             * Shift Register
             * @description A delay line as long as segment and delay: exact, where these are known beforehand.
             */
            shift_register: number | null;
        };
        /**
         * Batch
         * @description Samples that follow each other.
         */
        Batch: {
            /**
             * End
             * @description Nothing comes after these: the run ends when they have been computed.
             * @default false
             */
            end?: boolean;
            /**
             * First
             * @description Number of the first of them, counted by the sender; null = they follow what came before. Later numbers show what is missing.
             * @default null
             */
            first?: number | null;
            /**
             * Times
             * @description Seconds, one for each value, instead of `first`: they are placed on the grid of the source's rate.
             * @default null
             */
            times?: number[] | null;
            /**
             * Values
             * @description null, NaN and infinity: no number came; its place stays, and holds the value before.
             */
            values: (number | null)[];
        };
        /**
         * Behind
         * @description Steps that were not sent because the watcher was too slow: fetch their chunks by HTTP.
         */
        Behind: {
            /**
             * From
             * @description First step that was skipped.
             */
            from: number;
            /**
             * To
             * @description First step after the gap.
             */
            to: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "behind";
        };
        /**
         * BesideEntry
         * @description One further channel of the file, shown beside the signal and never heard by a model.
         */
        BesideEntry: {
            /**
             * Channel
             * @description Name of the column.
             */
            channel: string;
            /**
             * Offset
             * @description What was taken off, so that float32 keeps the steps of its values: value = number in `beside` + offset.
             */
            offset: number;
            /**
             * Sample Rate
             * @description Rows per second in the file; null = unknown or uneven. Its values lie on the steps of the run all the same.
             */
            sample_rate: number | null;
            /**
             * Unit
             * @description Unit of its values.
             */
            unit: string | null;
        };
        /**
         * BesidePreview
         * @description A further channel as it would be shown.
         */
        BesidePreview: {
            /** Column */
            column: number;
            /** Name */
            name: string;
            /** Unit */
            unit: string | null;
            /**
             * Values
             * @description On the steps of the run, at most 2000 points, smallest and largest of each bucket; null = missing.
             */
            values: (number | null)[];
        };
        /** Body_bring_api_recordings_post */
        Body_bring_api_recordings_post: {
            /**
             * File
             * @description A .mnemo recording
             */
            file: string;
        };
        /** Body_upload_api_uploads_post */
        Body_upload_api_uploads_post: {
            /**
             * File
             * @description A file of a format of GET /api/formats; of a WFDB record header, samples and annotations
             */
            file: string[];
            /**
             * Options
             * @description ImportOptions as JSON
             * @default {}
             */
            options?: string;
            /**
             * Watch
             * @description A name made up for this reading, to ask how far it is
             */
            watch?: string | null;
        };
        /**
         * BridgeReport
         * @description One checkpoint on one episode of its task, run as Transformer and as stateless DNC; outputs before any sigmoid.
         */
        BridgeReport: {
            /** @description Every layer inside the unmodified memory of Graves 2016 against the Transformer's own step. */
            graves_memory: components["schemas"]["Precisions"];
            /** Heads */
            heads: number;
            /** Layers */
            layers: number;
            /** Metric */
            metric: string | null;
            /** Model */
            model: string;
            /**
             * Ok
             * @description All of them are equal.
             */
            ok: boolean;
            /** @description The stateless DNC with write-once stores against the Transformer's own step. */
            own_step: components["schemas"]["Precisions"];
            /** Positions */
            positions: string;
            /**
             * Rounding
             * @description What rounding alone does to the Transformer: its own step in float32 against float64.
             */
            rounding: number;
            /** Seed */
            seed: number;
            /** Steps */
            steps: number;
            /** Task */
            task: string | null;
            /** @description The same against torch.nn.TransformerEncoder over the whole sequence; null for positions that torch lacks. */
            torch_layers: components["schemas"]["Precisions"] | null;
            /** Width */
            width: number;
        };
        /**
         * BridgeSettings
         * @description A Transformer's weights as a stateless DNC: where its memory lives, and what of the DNC is turned on (the ladder).
         *
         *     Everything at rest, it computes what the Transformer computes.
         */
        BridgeSettings: {
            /**
             * Erase
             * @description Erase vector: how much of a slot is wiped as it is written.
             * @default 0
             */
            erase?: number;
            /**
             * Free
             * @description Free gates: slots that were read are given back.
             * @default 0
             */
            free?: number;
            /**
             * Links
             * @description Read modes: the part of a read that follows the order of writing, half of it backward and half forward.
             * @default 0
             */
            links?: number;
            /**
             * Memory
             * @description stores: one write-once slot a step; graves: the memory of Graves 2016. The settings below want `graves`.
             * @default stores
             * @enum {string}
             */
            memory?: "stores" | "graves";
            /**
             * Overwrite
             * @description 1 - allocation gate: writes go to the most similar slot instead of the next unused one.
             * @default 0
             */
            overwrite?: number;
            /**
             * Recurrence
             * @description How loud the controller hears its last reads.
             * @default 0
             */
            recurrence?: number;
            /**
             * Slots
             * @description Slots of the memory; null = one for every step of the run.
             * @default null
             */
            slots?: number | null;
        };
        /**
         * Brought
         * @description A recording that was brought as a file; it opens at /s/{id}.
         */
        Brought: {
            /**
             * Id
             * @description That of the file, unless it is another recording's here.
             */
            id: string;
            /**
             * Known
             * @description It was here already.
             */
            known: boolean;
            /**
             * Notes
             * @description What the file lacked, such as its end.
             */
            notes: string[];
            /** Title */
            title: string;
        };
        /**
         * Capacity
         * @description Memory capacity of a bank: the sum over lags of what a linear read-out gets from it.
         */
        Capacity: {
            /**
             * Bank
             * @description null: of the whole state.
             */
            bank: string | null;
            /** Capacity */
            capacity: number;
            /** Checkpoint */
            checkpoint: string | null;
            /**
             * Grows
             * @description The bank keeps every step, so that the sum has no end where anything is read out at all.
             */
            grows: boolean;
            /**
             * Lags
             * @description Lags 0 … lags − 1 are read out.
             */
            lags: number;
            /** Model */
            model: string;
            /**
             * N
             * @description Samples that are scored.
             */
            n: number;
            /**
             * Shuffled
             * @description The same where the targets are shuffled in time: what is measured of a memory that holds nothing.
             */
            shuffled: number;
            /**
             * Text
             * @description As people say it: "63.8", "> 128".
             */
            text: string;
        };
        /**
         * CauseOfDeath
         * @description Why a model no longer answers at a delay, from exact quantities.
         */
        CauseOfDeath: {
            /** Cause */
            cause: string;
            /** Delay */
            delay: number;
            /** Evidence */
            evidence: string;
            /** Model */
            model: string;
        };
        /**
         * Change
         * @description New title or rules of a finished recording; what is left out stays as it is.
         */
        Change: {
            /**
             * Expires
             * @description A moment in the future, with its zone; null = never.
             * @default null
             */
            expires?: string | null;
            /**
             * Pinned
             * @description Keep it when the server makes room.
             * @default false
             */
            pinned?: boolean;
            /**
             * Title
             * @default null
             */
            title?: string | null;
            /**
             * Visibility
             * @default null
             */
            visibility?: ("private" | "listed") | null;
        };
        /**
         * CheckpointEntry
         * @description The weights a stream was run with.
         */
        CheckpointEntry: {
            /**
             * Name
             * @description Name of the checkpoint, `dnc-copy` or `ntm-copy@250`.
             */
            name: string;
            /**
             * Sha256
             * @description Of the file of weights.
             */
            sha256: string;
        };
        /**
         * ClientHello
         * @description First message of a client: what it already holds.
         */
        ClientHello: {
            /**
             * Have
             * @description Contiguous steps held by all living streams; 0 for a fresh page. The server sends from here on.
             */
            have: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "hello";
            /**
             * Wheel
             * @description The key of the wheel where it was given to this client, "" where not: it is then told by `wheel` messages whether it drives.
             * @default null
             */
            wheel?: string | null;
        };
        /** @description What a client sends over /ws/{id}. */
        ClientMessage: components["schemas"]["ClientHello"] | components["schemas"]["Play"] | components["schemas"]["Pause"] | components["schemas"]["Step"] | components["schemas"]["SetSpeed"] | components["schemas"]["Stop"] | components["schemas"]["Ping"];
        /**
         * ColumnReport
         * @description One column of an imported file.
         */
        ColumnReport: {
            /** Index */
            index: number;
            /**
             * Kind
             * @enum {string}
             */
            kind: "time" | "value" | "label" | "text";
            /**
             * Labels
             * @description Ranges of rows that a column of labels names; they can become events of a run.
             */
            labels: number;
            /** Max */
            max: number | null;
            /** Mean */
            mean: number | null;
            /** Min */
            min: number | null;
            /**
             * Missing
             * @description Cells without a number.
             */
            missing: number;
            /** Missing Fraction */
            missing_fraction: number;
            /** Name */
            name: string;
            /**
             * Rate Text
             * @description The same as people say it.
             */
            rate_text: string;
            /**
             * Resample To
             * @description Hz that suits the models; null = as it is.
             */
            resample_to: number | null;
            /**
             * Rows
             * @description How many values it has: channels of one file may be sampled at different rates.
             */
            rows: number;
            /**
             * Sample Rate
             * @description Hz of this column; null = unknown or irregular.
             */
            sample_rate: number | null;
            /**
             * Spark
             * @description At most 128 numbers over the whole column, smallest and largest of each bucket; null = nothing but gaps there.
             */
            spark: (number | null)[];
            /**
             * States
             * @description How many whole numbers a column of states has, such as 0 and 1; its changes can become events of a run. 0: it is none.
             */
            states: number;
            /** Unit */
            unit: string | null;
        };
        /**
         * CostEntry
         * @description What one stream cost while it was recorded.
         */
        CostEntry: {
            /**
             * Floats
             * @description Numbers that the model kept after its first step.
             */
            floats: number;
            /**
             * Ms Per Step
             * @description Milliseconds a step took, recording included.
             */
            ms_per_step: number;
            /**
             * Per Step
             * @description Numbers that each later step added; 0 where the memory does not grow.
             */
            per_step: number;
        };
        /**
         * Credit
         * @description First message, the answer to every `samples`, and whenever there is room again.
         */
        Credit: {
            /**
             * Next
             * @description Number of the sample that is waited for: after a lost connection, go on from here.
             */
            next: number;
            /**
             * Room
             * @description Samples that may be sent now. More are refused, and none of that message is taken.
             */
            room: number;
            source: components["schemas"]["Source"];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "credit";
        };
        /**
         * DelayRecording
         * @description The recording of one measured delay.
         */
        DelayRecording: {
            /**
             * Cue
             * @description The step at which the segment is asked for.
             */
            cue: number;
            /** Id */
            id: string;
        };
        /** DelayRequest */
        DelayRequest: {
            /** Delay */
            delay: number;
        };
        /**
         * Elsewhere
         * @description Which of the same checkpoints is ahead on the signals of the results that ship (GET /api/retention/standing).
         */
        Elsewhere: {
            /**
             * Delay
             * @description Steps between storing and asking, of the run and there.
             */
            delay: number;
            /**
             * N
             * @description Signals.
             */
            n: number;
            /**
             * Text
             * @description A sentence, by the wording rules of a verdict: "On 48 other signals NTM and DNC are level.
             */
            text: string;
        };
        /**
         * End
         * @description Nothing more comes: the run ends when what came has been computed.
         */
        End: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "end";
        };
        /**
         * Ended
         * @description Nothing more will be computed. The socket closes after this message.
         */
        Ended: {
            /**
             * Status
             * @enum {string}
             */
            status: "ended" | "stopped" | "failed";
            /**
             * Steps
             * @description Steps the recording holds.
             */
            steps: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ended";
        };
        /**
         * EngineEntry
         * @description What computed the steps of a stream.
         */
        EngineEntry: {
            /**
             * Emitter
             * @description Of wasm: the version of what made the module.
             * @default null
             */
            emitter?: number | null;
            /**
             * Kind
             * @description torch itself, or the model's step as WebAssembly, whose bits are the same on every machine.
             * @enum {string}
             */
            kind: "torch" | "wasm";
            /**
             * Module
             * @description Of wasm: sha256 of the module. It belongs to the model's sizes and options, not to its weights.
             * @default null
             */
            module?: string | null;
        };
        /**
         * ErrorBody
         * @description Body of every answer with a status of 400 or more.
         */
        ErrorBody: {
            error: components["schemas"]["ErrorDetail"];
        };
        /**
         * ErrorDetail
         * @description One error, for a person to read.
         */
        ErrorDetail: {
            /**
             * Code
             * @description Stable name: `unknown-recording`, `import-failed`, `too-large`, `bad-request`, `forbidden-origin`, …
             */
            code: string;
            /**
             * Cure
             * @description What to do about it.
             */
            cure: string | null;
            /**
             * Message
             * @description What was wanted and what came.
             */
            message: string;
            /** @description What of it can be done for the user; null where nothing can. */
            retry: components["schemas"]["Retry"] | null;
            /**
             * Where
             * @description Place: line and column of a file, field of a request; null where there is none.
             */
            where: string | null;
        };
        /** Estimate */
        Estimate: {
            /**
             * Bytes
             * @description Size of the recording before compression; null until the models are loaded.
             */
            bytes: number | null;
            /**
             * Seconds
             * @description Computing time on this host at full speed; null until the models have been measured.
             */
            seconds: number | null;
        };
        /**
         * Event
         * @description Something that happens in the episode: steps `step … until` (until excluded).
         */
        Event: {
            /**
             * Kind
             * @description store: the task gives what is to be remembered; recall: it asks for it; label: a mark of the signal itself.
             */
            kind: string;
            /**
             * Label
             * @description For people.
             */
            label: string;
            /**
             * Step
             * @description First step of it.
             */
            step: number;
            /**
             * Until
             * @description First step after it.
             */
            until: number;
        };
        /**
         * ExcerptEntry
         * @description What a copy that was made to be shared holds of the recording it was made from.
         */
        ExcerptEntry: {
            /**
             * First
             * @description Step of the original that is step 0 here.
             */
            first: number;
            /**
             * Of
             * @description Steps of the original.
             */
            of: number;
            /**
             * Signal Stripped
             * @description Name, channel, unit, source, scale, labels and seed were left out: values are scaled ones without a way back.
             */
            signal_stripped: boolean;
            /**
             * Stop
             * @description Step of the original after the last one here.
             */
            stop: number;
        };
        /**
         * Failure
         * @description One model that could not go on while the others did; the sentence about it is made by whoever shows it.
         */
        Failure: {
            /**
             * Reason
             * @description What happened, without the model and the step: "a number that is not finite".
             */
            reason: string;
            /**
             * Step
             * @description First step this model did not deliver.
             */
            step: number;
            /**
             * Stream
             * @description Index into the manifest's `models`.
             */
            stream: number;
            /**
             * Tensor
             * @description Name of the recorded tensor it happened in, where it is known.
             * @default null
             */
            tensor?: string | null;
        };
        /** @description What a sender hears over /api/sessions/{id}/samples as a websocket. */
        FeedAnswer: components["schemas"]["Credit"] | components["schemas"]["Refused"];
        /** @description What a sender sends over /api/sessions/{id}/samples as a websocket. */
        FeedMessage: components["schemas"]["Samples"] | components["schemas"]["End"];
        /**
         * Feeding
         * @description How to feed a session.
         */
        Feeding: {
            /**
             * Key
             * @description Goes with them as `Authorization: Bearer …`; it opens nothing but this. null: none is needed.
             */
            key: string | null;
            /**
             * Path
             * @description Where samples go, by POST or as a websocket.
             */
            path: string;
            source: components["schemas"]["Source"];
        };
        /**
         * FileFormat
         * @description A kind of file that can be brought.
         */
        FileFormat: {
            /**
             * Available
             * @description Whether all that reading it needs is installed here.
             */
            available: boolean;
            /**
             * Extensions
             * @description Of file names, with their point; what a file is, is decided by its bytes.
             */
            extensions: string[];
            /**
             * Install
             * @description The command that would install it; null where nothing is lacking.
             */
            install: string | null;
            /**
             * Label
             * @description For people: "CSV and other text tables".
             */
            label: string;
            /** Name */
            name: string;
            /**
             * Several
             * @description Whether a record of it may be spread over several files of one name, which are brought together.
             */
            several: boolean;
        };
        /**
         * FileLine
         * @description One of the first lines of a text file, and what it was taken for.
         */
        FileLine: {
            /**
             * Cells
             * @description As they stand in the file; one with the whole text where it is no row.
             */
            cells: string[];
            /**
             * Line
             * @description Counted from 1.
             */
            line: number;
            /**
             * Role
             * @description facts: it says the rate, a start or the like; other series: a row of a series that was not chosen.
             * @enum {string}
             */
            role: "skipped" | "facts" | "names" | "units" | "row" | "other series" | "left out";
            /**
             * Values
             * @description Of a row: what its cells were read as, null where that is no number.
             */
            values: (number | null)[];
            /**
             * Why
             * @description Why it became no row, where it became none.
             */
            why: string;
        };
        /**
         * Fit
         * @description One fit, from when it was asked for.
         */
        Fit: {
            /** Created */
            created: string;
            /**
             * Curve
             * @description [updates, seconds, error on the held-back part] of every look so far.
             */
            curve: [
                number,
                number,
                number
            ][];
            /**
             * Error
             * @description Why there is no result.
             */
            error: string | null;
            /** Glyph */
            glyph: string;
            /** Id */
            id: string;
            /** Label */
            label: string;
            /** Model */
            model: string;
            /**
             * Name
             * @description Of the signal.
             */
            name: string;
            result: components["schemas"]["FitResult"] | null;
            /** Scratch */
            scratch: boolean;
            /** Seconds */
            seconds: number | null;
            /** Seed */
            seed: number;
            /**
             * Signal
             * @description What it is fitted to, to be asked for again; null for a drawn one.
             */
            signal: (components["schemas"]["UploadSignal"] | components["schemas"]["GeneratedSignal"]) | null;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "running" | "done" | "failed";
            /**
             * Stopping
             * @description It was asked to end; the best so far becomes the result.
             */
            stopping: boolean;
            /** Task */
            task: string;
            /** Updates */
            updates: number | null;
        };
        /**
         * FitBands
         * @description 5 to 95 % over resamplings of blocks; null of fewer than eight blocks, or without a meaning.
         */
        FitBands: {
            /** After */
            after: [
                number,
                number
            ] | null;
            /** Ar32 */
            ar32: [
                number,
                number
            ] | null;
            /** Before */
            before: [
                number,
                number
            ] | null;
            /** Mean */
            mean: [
                number,
                number
            ] | null;
            /** Persistence */
            persistence: [
                number,
                number
            ] | null;
            /** Seasonal */
            seasonal: [
                number,
                number
            ] | null;
            /** Shift Register */
            shift_register: [
                number,
                number
            ] | null;
        };
        /**
         * FitEntry
         * @description Of a stream whose model was fitted to the series that it runs on (`mnemoscope fit`).
         */
        FitEntry: {
            /**
             * Ar32
             * @description AR(32) fitted to the same part: coefficients of the newest 32 inputs, newest first, then the constant.
             */
            ar32: number[];
            /**
             * Of
             * @description sha256 of the weights that it began from; null = random ones.
             */
            of: string | null;
            /**
             * Period
             * @description Steps of the season of the same part; a seasonal forecast says the value that many steps before. Missing before 0.3.
             * @default null
             */
            period?: number | null;
            /**
             * Residuals
             * @description 5 and 95 % quantiles of target − output on the part held back from the fit, as inputs are scaled: `before`, `after`, `ar32`.
             */
            residuals: {
                [key: string]: number[];
            };
        };
        /** FitErrors */
        FitErrors: {
            /** After */
            after: number;
            /**
             * Ar32
             * @description AR(32) by least squares on the part that is fitted to.
             */
            ar32: number | null;
            /**
             * Before
             * @description As shipped, or with random weights.
             */
            before: number;
            /**
             * Mean
             * @description The mean of the part that is fitted to, always.
             */
            mean: number | null;
            /**
             * Persistence
             * @description The last value again: of the next value MASE is 1; of a replay, the last one heard before the cue.
             */
            persistence: number | null;
            /**
             * Seasonal
             * @description The value one season before.
             */
            seasonal: number | null;
            /**
             * Shift Register
             * @description A delay line as long as segment and delay: exact, where these are known beforehand.
             */
            shift_register: number | null;
        };
        /**
         * FitExample
         * @description The beginning of the part never seen, in raw units: what came or was stored, and what was answered.
         */
        FitExample: {
            /** After */
            after: number[];
            /**
             * Baseline
             * @description Of the best one that a model is advised against.
             */
            baseline: number[];
            /** Before */
            before: number[];
            /**
             * Name
             * @description What that baseline is called.
             */
            name: string;
            /** Start */
            start: number;
            /** Values */
            values: number[];
        };
        /**
         * FitPlan
         * @description What a fit would do with a signal, before it begins.
         */
        FitPlan: {
            /** @description Errors of the baselines on the held-back part. */
            held_back: components["schemas"]["BaselineErrors"];
            /** Max Seconds */
            max_seconds: number;
            /** Name */
            name: string;
            /**
             * Notes
             * @description What was assumed or left out.
             */
            notes: string[];
            /**
             * Period
             * @description Steps of its season; null where no baseline has one.
             */
            period: number | null;
            /**
             * Reasons
             * @description Why a baseline has no meaning here, by its name above.
             */
            reasons: {
                [key: string]: string;
            };
            /**
             * Sample Rate
             * @description Steps per second; null = unknown.
             */
            sample_rate: number | null;
            /**
             * Seconds
             * @description Budget where none is given.
             */
            seconds: number;
            split: components["schemas"]["FitSplit"];
            /** Task */
            task: string;
            /** Unit */
            unit: string | null;
            /**
             * Values
             * @description The series in raw units; at most 2000 points, smallest and largest of each bucket in order.
             */
            values: number[];
        };
        /**
         * FitPlanRequest
         * @description A signal to be fitted to. Its `scaling` does not matter: a fit scales by the part it is fitted to.
         */
        FitPlanRequest: {
            /** Signal */
            signal: components["schemas"]["UploadSignal"] | components["schemas"]["GeneratedSignal"] | components["schemas"]["ValuesSignal"];
            /**
             * Task
             * @default forecast
             * @enum {string}
             */
            task?: "forecast" | "signal-recall";
        };
        /** FitRequest */
        FitRequest: {
            /**
             * Model
             * @description A model or checkpoint of the task: `lstm`.
             */
            model: string;
            /**
             * Scratch
             * @description Start from random weights instead of the shipped checkpoint.
             * @default false
             */
            scratch?: boolean;
            /**
             * Seconds
             * @description Of training; null with null `updates` = 60.
             */
            seconds?: number | null;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /** Signal */
            signal: components["schemas"]["UploadSignal"] | components["schemas"]["GeneratedSignal"] | components["schemas"]["ValuesSignal"];
            /**
             * Task
             * @default forecast
             * @enum {string}
             */
            task?: "forecast" | "signal-recall";
            /**
             * Updates
             * @description Of training, whichever is spent first; the same updates and seed give the same weights.
             */
            updates?: number | null;
        };
        /** FitResult */
        FitResult: {
            bands: components["schemas"]["FitBands"];
            /**
             * Best Update
             * @description The weights are those after so many updates.
             */
            best_update: number;
            /**
             * Blocks
             * @description Blocks that the part never seen was scored in.
             */
            blocks: number;
            /**
             * Ended
             * @enum {string}
             */
            ended: "seconds" | "updates" | "no longer better" | "stopped" | "not finite";
            example: components["schemas"]["FitExample"];
            held_back: components["schemas"]["FitErrors"];
            /** Period */
            period: number | null;
            /**
             * Reasons
             * @description Why a baseline has no meaning here, by its name.
             */
            reasons: {
                [key: string]: string;
            };
            /** @description On the part never seen. */
            scores: components["schemas"]["FitErrors"];
            /** Seconds */
            seconds: number;
            /**
             * Sha256
             * @description Of the weights.
             */
            sha256: string;
            split: components["schemas"]["FitSplit"];
            /**
             * Take
             * @description What to take, the baselines included.
             * @enum {string}
             */
            take: "after" | "before" | "ar32" | "seasonal" | "persistence" | "mean";
            /**
             * Text
             * @description The same as a sentence with its figures.
             */
            text: string;
            /** Updates */
            updates: number;
        };
        /**
         * FitSplit
         * @description [first step, stop] of the parts, one after another in time.
         */
        FitSplit: {
            /** Fit */
            fit: [
                number,
                number
            ];
            /**
             * Held Back
             * @description Training stops by it.
             */
            held_back: [
                number,
                number
            ];
            /** Steps */
            steps: number;
            /**
             * Test
             * @description Never seen; the scores are of it.
             */
            test: [
                number,
                number
            ];
        };
        /**
         * FollowedSegment
         * @description What the ledger says of the segment at one delay, in one window of the signal.
         */
        FollowedSegment: {
            /** Delay */
            delay: number;
            /**
             * Kept
             * @description The part of what was written that is still there at the cue; null without a ledger.
             */
            kept: number | null;
            /** Model */
            model: string;
            /**
             * Right
             * @description The part of the reads that comes from the right moment ± 1 step.
             */
            right: number | null;
        };
        /**
         * FrameEntry
         * @description Layout of one fixed-size frame.
         */
        FrameEntry: {
            /**
             * Bytes
             * @description Bytes of one frame; 0 where a stream has none (keyframes of write-once memories).
             */
            bytes: number;
            /**
             * Tensors
             * @description What lies in it.
             */
            tensors: components["schemas"]["TensorEntry"][];
        };
        /**
         * GalleryEntry
         * @description A recording that ships with the product.
         */
        GalleryEntry: {
            /** Caption */
            caption: string;
            /** Id */
            id: string;
            /** Models */
            models: components["schemas"]["RunModel"][];
            /**
             * Question
             * @description What it is an example of; those of one question stand together.
             */
            question: string;
            /** Steps */
            steps: number;
            /** Task */
            task: string;
            /** Title */
            title: string;
        };
        /** GeneratedSignal */
        GeneratedSignal: {
            /** Generator */
            generator: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "generated";
            /** Params */
            params?: {
                [key: string]: number;
            };
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Steps
             * @default 512
             */
            steps?: number;
        };
        /** Generator */
        Generator: {
            /** Kind */
            kind: string;
            /** Label */
            label: string;
            /** Params */
            params: components["schemas"]["GeneratorParam"][];
        };
        /** GeneratorParam */
        GeneratorParam: {
            /** Default */
            default: number;
            /** Label */
            label: string;
            /** Max */
            max: number;
            /** Min */
            min: number;
            /** Name */
            name: string;
        };
        /**
         * Guess
         * @description One thing that was decided without being told.
         */
        Guess: {
            /** Alternatives */
            alternatives: components["schemas"]["Alternative"][];
            /** Chosen */
            chosen: string;
            /** Evidence */
            evidence: string;
            /** What */
            what: string;
        };
        /**
         * Horizon
         * @description Up to where a model's error stays below a level: between two measured delays, never a number between them.
         */
        Horizon: {
            /**
             * Above
             * @description The first measured delay above it; null: none is.
             */
            above: number | null;
            /** Checkpoint */
            checkpoint: string | null;
            /**
             * Delay
             * @description The last measured delay below the level; null: not even the shortest.
             */
            delay: number | null;
            /** Level */
            level: number;
            /** Model */
            model: string;
            /**
             * Text
             * @description As people say it: "80 – 100", "not at 10", "> 400".
             */
            text: string;
            /** View */
            view: string;
        };
        /**
         * ImportOptions
         * @description How a file is to be read; what is null or empty is found out.
         */
        ImportOptions: {
            /**
             * Decimal
             * @description Sign before the fraction.
             * @default null
             */
            decimal?: ("." | ",") | null;
            /**
             * Delimiter
             * @description " ": columns aligned by blanks; "": one number a line.
             * @default null
             */
            delimiter?: ("," | ";" | "\t" | "|" | " " | "") | null;
            /**
             * Encoding
             * @description Name of the text encoding, such as "utf-8", "cp1252", "shift_jis".
             * @default null
             */
            encoding?: string | null;
            /**
             * Grouping
             * @description Sign between groups of digits; " " stands for every kind of blank, "'" for every apostrophe, "" for none.
             * @default null
             */
            grouping?: ("," | "." | " " | "'" | "") | null;
            /**
             * Header
             * @description false: the columns have no names, or these are to be ignored; true: the first row is names, also where it is numbers.
             * @default null
             */
            header?: boolean | null;
            /**
             * Infinite
             * @description missing: treat infinite values as missing.
             * @default refuse
             * @enum {string}
             */
            infinite?: "refuse" | "missing";
            /**
             * Layout
             * @description columns: a column is a channel; rows: a row is a series of its own; wrapped: one series that goes on from row to row.
             * @default null
             */
            layout?: ("columns" | "rows" | "wrapped") | null;
            /**
             * Missing
             * @description More cells that mean "no number".
             * @default []
             */
            missing?: string[];
            /**
             * Names Line
             * @description Line of the names, counted from 1.
             * @default null
             */
            names_line?: number | null;
            /**
             * Order
             * @description file: rows as they stand; time: oldest first; reversed: from the last row to the first, whatever the times are.
             * @default null
             */
            order?: ("file" | "time" | "reversed") | null;
            /**
             * Part
             * @description Which part of a file that has several: a file of an archive, a sheet of a workbook, an array of a NumPy or MATLAB file.
             * @default null
             */
            part?: string | null;
            /**
             * Ragged
             * @description skip: leave out rows with another number of values, and report them.
             * @default refuse
             * @enum {string}
             */
            ragged?: "refuse" | "skip";
            /**
             * Sample Rate
             * @description Hz, where the file does not say or says it wrongly. Missing rows stay missing.
             * @default null
             */
            sample_rate?: number | null;
            /**
             * Sentinels
             * @description Numbers that mean "no number", such as -999.
             * @default []
             */
            sentinels?: number[];
            /**
             * Series
             * @description Which series of such a table, as it stands in that column; of a table with a series in every row the number of the row.
             * @default null
             */
            series?: string | null;
            /**
             * Series Column
             * @description Name or index of the column that says which series a row belongs to; "none": all rows are one series.
             * @default null
             */
            series_column?: string | null;
            /**
             * Skip
             * @description Lines above the names (or above the rows, where there are no names) that are left out.
             * @default null
             */
            skip?: number | null;
            /**
             * Tables
             * @description Of tables of the same columns below each other, join: rows of all of them; first: of the first alone (`skip` reaches a later one).
             * @default null
             */
            tables?: ("join" | "first") | null;
            /**
             * Text Columns
             * @description Names or indices of columns that hold text, whatever numbers are among it.
             * @default []
             */
            text_columns?: string[];
            /**
             * Time
             * @description Names or indices of the columns that make the time, such as date and time of day; empty: none is a time.
             * @default null
             */
            time?: string[] | null;
            /**
             * Time Format
             * @description How the dates are written, in the words of strptime: "%d/%m/%Y %H:%M".
             * @default null
             */
            time_format?: string | null;
            /**
             * Time Unit
             * @description Unit of a time that is a number: "unix" (s, ms, µs or ns by size), "spreadsheet" (days), "none" (it counts rows).
             * @default null
             */
            time_unit?: ("s" | "ms" | "us" | "ns" | "min" | "h" | "d" | "year" | "unix" | "spreadsheet" | "none") | null;
            /**
             * Units Line
             * @description Line of the units, counted from 1; 0: there is none.
             * @default null
             */
            units_line?: number | null;
        };
        /**
         * ImportReport
         * @description What was read, and every assumption made on the way.
         */
        ImportReport: {
            /** Assumptions */
            assumptions: components["schemas"]["Guess"][];
            /** Bytes */
            bytes: number;
            /**
             * Channel
             * @description Index of the column to look at first: of measured values where there are any, else of labels that are numbers.
             */
            channel: number;
            /** Columns */
            columns: components["schemas"]["ColumnReport"][];
            /**
             * Decimal
             * @description null: the file is no text.
             */
            decimal: ("." | ",") | null;
            /**
             * Delimiter
             * @description null: one number per line, columns aligned by blanks (`delimiter` " "), or no text.
             */
            delimiter: string | null;
            /**
             * Details
             * @description Further facts by format, name and value for people: "samples": "24-bit integers".
             */
            details: {
                [key: string]: string;
            };
            /**
             * Encoding
             * @description null: the file is no text.
             */
            encoding: string | null;
            /**
             * First Line
             * @description Line of the first row, counted from 1; null: the file has no lines.
             */
            first_line: number | null;
            /**
             * First Rows
             * @description Cells of the first rows, as they stand in the file.
             */
            first_rows: string[][];
            /**
             * Format
             * @description "CSV", "EDF+", "WAV" …; with what it was packed in: "CSV in gzip".
             */
            format: string;
            /** Gaps */
            gaps: number;
            /**
             * Grouping
             * @description Sign between groups of digits.
             */
            grouping: string | null;
            /**
             * Header
             * @description Whether the file names its columns.
             */
            header: boolean;
            /**
             * Left Out
             * @description The first 1000 lines that became no row.
             */
            left_out: components["schemas"]["LeftOut"][];
            /** Left Out Count */
            left_out_count: number;
            /**
             * Lines
             * @description The first lines of the file, those above the rows among them; empty for what is no text.
             */
            lines: components["schemas"]["FileLine"][];
            /**
             * Missing Rows
             * @description Rows that are missing in the gaps.
             */
            missing_rows: number;
            /**
             * Names Line
             * @description Line of the names, counted from 1.
             */
            names_line: number | null;
            /** Notes */
            notes: string[];
            /** @description What the file was read by; the rest was found out. */
            options: components["schemas"]["ImportOptions"];
            /**
             * Parts
             * @description Files of an archive, sheets of a workbook, arrays of a NumPy or MATLAB file; `part` of the options chooses one.
             */
            parts: string[];
            /**
             * Questions
             * @description What only the user can decide.
             */
            questions: components["schemas"]["Guess"][];
            /**
             * Rate Text
             * @description The rate as people say it: "360 Hz", "1 per 30 min", "unknown".
             */
            rate_text: string;
            /** @description The same together with what was found out, for a form. */
            resolved: components["schemas"]["ImportOptions"];
            /** Rows */
            rows: number;
            /**
             * Sample Rate
             * @description Hz; null = unknown or irregular.
             */
            sample_rate: number | null;
            /**
             * Sample Rate Source
             * @description The arithmetic behind `sample_rate`, for people.
             */
            sample_rate_source: string;
            /**
             * Sentinels
             * @description Numbers to ask the user about; read as they are unless `sentinels` of the options has them.
             */
            sentinels: components["schemas"]["Sentinel"][];
            /**
             * Span
             * @description First and last time, for people ("2 Nov 2026, 00:00:10"); empty where the file has no dates.
             */
            span: string[];
            /**
             * Time Column
             * @description Index of the column used as time.
             */
            time_column: number | null;
            /**
             * Time Columns
             * @description All columns that make the time.
             */
            time_columns: number[];
        };
        /**
         * LeftOut
         * @description One line of a file that became no row.
         */
        LeftOut: {
            /**
             * Line
             * @description Counted from 1.
             */
            line: number;
            /**
             * Text
             * @description Its beginning.
             */
            text: string;
            /** Why */
            why: string;
        };
        /**
         * LensRow
         * @description How much the raw output of one step depended on the input of each step before it (mnemoscope.measuring.lenses).
         */
        LensRow: {
            /**
             * First
             * @description Step of the first value; those before it were not looked at.
             */
            first: number;
            /**
             * Lens
             * @enum {string}
             */
            lens: "sensitivity" | "intervention";
            /** Step */
            step: number;
            /** Stream */
            stream: number;
            /**
             * Values
             * @description sensitivity: ‖∂y_t/∂x_s‖ · intervention: ‖y_t − y_t(x_s := 0)‖, of steps first … step.
             */
            values: number[];
        };
        /** Limits */
        Limits: {
            /**
             * Models
             * @description Most models of one recording, moments of a training counted one by one.
             */
            models: number;
            /**
             * Steps
             * @description Most steps of one run.
             */
            steps: number;
            /**
             * Upload Bytes
             * @description Largest request body that is accepted.
             */
            upload_bytes: number;
            /**
             * Uploads Hours
             * @description Hours after which what was read of an uploaded file is deleted.
             */
            uploads_hours: number;
        };
        /**
         * LiveSourceSignal
         * @description Samples that come in while the run goes on: POST /api/sessions/{id}/samples, or the websocket there.
         *
         *     Mean and deviation of the first steps scale it, unless offset and scale are given; what is missing holds the value before.
         */
        LiveSourceSignal: {
            /**
             * Average
             * @description Samples whose mean is one step.
             * @default 1
             */
            average?: number;
            /**
             * Grace Seconds
             * @description Without a sample for so long, and without a sender connected, the run is stopped; null = the server's setting.
             * @default null
             */
            grace_seconds?: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "live";
            /**
             * Name
             * @default live source
             */
            name?: string;
            /**
             * Offset
             * @default null
             */
            offset?: number | null;
            /**
             * Rate
             * @description Samples a second; null = unknown, and samples cannot be placed by their times.
             * @default null
             */
            rate?: number | null;
            /**
             * Scale
             * @description Model input = (value - offset) / scale; both or neither.
             * @default null
             */
            scale?: number | null;
            /**
             * Steps
             * @description The most the run may have; null = what this server allows.
             * @default null
             */
            steps?: number | null;
            /**
             * Unit
             * @default null
             */
            unit?: string | null;
            /**
             * Warmup
             * @description Steps that settle offset and scale where they are not given; nothing is computed before they have come.
             * @default 64
             */
            warmup?: number;
        };
        /**
         * MadeQuestion
         * @description How long a generated signal would be run, and with what options.
         */
        MadeQuestion: {
            /** Kind */
            kind: string;
            /** Params */
            params?: {
                [key: string]: number;
            };
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Task
             * @default signal-recall
             */
            task?: string;
            /**
             * Task Params
             * @description Options that are asked for; the others are as they are by default.
             */
            task_params?: {
                [key: string]: number;
            };
        };
        /**
         * Manifest
         * @description What a recording is, before its frames.
         */
        Manifest: {
            /**
             * Content Hash
             * @description sha256 of all frame bytes in order of (stream, step); known when the recording has ended.
             * @default null
             */
            content_hash?: string | null;
            /**
             * Costs
             * @description What each stream cost while this was recorded, in their order, null for one without a step; known when the recording has ended,
             *     and missing in older ones.
             * @default null
             */
            costs?: (components["schemas"]["CostEntry"] | null)[] | null;
            /**
             * Created
             * @description ISO 8601, UTC.
             */
            created: string;
            /**
             * @description Where this is a copy of a part of another recording.
             * @default null
             */
            excerpt?: components["schemas"]["ExcerptEntry"] | null;
            /**
             * Failures
             * @description Models that could not go on, each at most once.
             * @default null
             */
            failures?: components["schemas"]["Failure"][] | null;
            /**
             * Format
             * @description Always this word.
             * @constant
             */
            format: "mnemoscope-recording";
            /**
             * Id
             * @description Unguessable, at least 128 bits.
             */
            id: string;
            /**
             * Keyframe Every
             * @description Steps of a chunk; 64.
             */
            keyframe_every: number;
            /**
             * Models
             * @description One entry a stream, in the order of the streams.
             */
            models: components["schemas"]["ModelEntry"][];
            /**
             * Open Ended
             * @description Its signal came from a live source while it ran: `steps` are the most it may have while running, and no end was planned.
             * @default null
             */
            open_ended?: boolean | null;
            /**
             * Planned Steps
             * @description Steps it was planned to have, where it ended before.
             * @default null
             */
            planned_steps?: number | null;
            /**
             * Recording Hash
             * @description sha256 of manifest, keyframes and content hash (see below); known when the recording has ended, and missing in older ones.
             * @default null
             */
            recording_hash?: string | null;
            /**
             * Seed
             * @description null = left out, in a copy without the facts of the signal.
             */
            seed: number | null;
            /**
             * @description Where a server keeps rules for it.
             * @default null
             */
            sharing?: components["schemas"]["SharingEntry"] | null;
            /** @description On what it was run; null = not known. */
            signal: components["schemas"]["SignalEntry"] | null;
            /**
             * Status
             * @description ended: all planned steps; stopped: somebody ended it early; failed: no model could go on.
             * @enum {string}
             */
            status: "running" | "ended" | "stopped" | "failed";
            /**
             * Steps
             * @description Planned steps while running, reached steps afterwards.
             */
            steps: number;
            /**
             * Stopped By
             * @description owner: by who drives it; server: the server ended; idle: nobody watched while it was paused; source: its live source sent
             *     nothing more; disk: the disk was full; older ones do not say.
             * @default null
             */
            stopped_by?: ("owner" | "server" | "idle" | "source" | "disk") | null;
            /** @description What was run. */
            task: components["schemas"]["TaskEntry"];
            /**
             * Title
             * @description Name for people.
             */
            title: string;
            /**
             * Version
             * @description Of the format; 1.
             */
            version: number;
        };
        /**
         * ModelCard
         * @description One checkpoint that can be run.
         */
        ModelCard: {
            /**
             * Bytes Per Step
             * @description Bytes that one step takes in a recording before compression, its part of the keyframes included; null until it is known.
             */
            bytes_per_step: number | null;
            /**
             * Description
             * @description How it remembers, in one sentence.
             */
            description: string;
            /**
             * Family
             * @description What it shares with others of its kind, "Attention: every step kept"; "" of one's own.
             */
            family: string;
            /**
             * Glyph
             * @description Id of its sign and hue.
             */
            glyph: string;
            /**
             * Horizon
             * @description Steps of delay up to which it replays held-out mixtures with an error of at most 0.5, as measured once for How long?:
             *     "150 – 200" (passed between these two), "> 400", "not at 10"; null where that was not measured.
             */
            horizon: string | null;
            /** Label */
            label: string;
            /**
             * Measured Ms Per Step
             * @description Milliseconds one step took on this host, measured by a worker; null until it is known.
             */
            measured_ms_per_step: number | null;
            /**
             * Metrics
             * @description Measured results of the checkpoint's card.
             */
            metrics: {
                [key: string]: unknown;
            };
            /**
             * Model
             * @description Id to ask for in POST /api/sessions: `ntm`.
             */
            model: string;
            /**
             * Name
             * @description Name of the checkpoint: `ntm-copy`.
             */
            name: string;
            /** Parameters */
            parameters: number;
            /**
             * Snapshots
             * @description Updates of its training after which the weights were set aside, ascending; `ntm@250` runs those after 250 updates,
             *     `ntm@*` all of them side by side. Empty: none were.
             */
            snapshots: number[];
            /** Task */
            task: string;
        };
        /**
         * ModelEntry
         * @description One model (one stream of frames) of a recording.
         */
        ModelEntry: {
            /**
             * Banks
             * @description Its memories, in the order in which data flows through them.
             */
            banks: components["schemas"]["BankEntry"][];
            /**
             * @description Where the weights have a name.
             * @default null
             */
            checkpoint?: components["schemas"]["CheckpointEntry"] | null;
            /**
             * Config
             * @description What the model was built with.
             */
            config: {
                [key: string]: unknown;
            };
            /**
             * Device
             * @description Where it ran: `cpu`, `cuda`.
             */
            device: string;
            /**
             * Dtype
             * @description Precision it ran in.
             */
            dtype: string;
            /**
             * @description What computed it; recordings before 0.3 do not say, and were computed by torch.
             * @default null
             */
            engine?: components["schemas"]["EngineEntry"] | null;
            /**
             * @description Where it was fitted to this series.
             * @default null
             */
            fit?: components["schemas"]["FitEntry"] | null;
            /** @description What one step records. */
            frame: components["schemas"]["FrameEntry"];
            /**
             * Glyph
             * @description Which sign it has, an id in reading/tokens.json. A reader takes that of `paradigm` where it knows it: older recordings name a family.
             */
            glyph: string;
            /**
             * Id
             * @description Short id, unique inside the recording: `dnc`, `ntm@250`.
             */
            id: string;
            /** @description The full state, recorded before every multiple of 64. */
            keyframe: components["schemas"]["FrameEntry"];
            /**
             * Label
             * @description Its name for people.
             */
            label: string;
            /**
             * Paradigm
             * @description Id of the paradigm in the registry of the program that recorded it.
             */
            paradigm: string;
            /**
             * Parameters
             * @description Number of trained numbers.
             */
            parameters: number;
            /**
             * Task
             * @description Task it was trained for.
             */
            task: string;
            /**
             * @description Where it is a moment of a training.
             * @default null
             */
            training?: components["schemas"]["TrainingEntry"] | null;
            /**
             * Versions
             * @description Of the programs it ran on.
             */
            versions: {
                [key: string]: string;
            };
        };
        /**
         * ModelFailed
         * @description One model cannot go on (NaN, out of memory, its process died); the others do.
         */
        ModelFailed: {
            /**
             * Reason
             * @description What happened, without the model and the step.
             */
            reason: string;
            /**
             * Step
             * @description First step this model did not deliver.
             */
            step: number;
            /**
             * Stream
             * @description Index into manifest.models.
             */
            stream: number;
            /**
             * Tensor
             * @description Name of the recorded tensor it happened in, where it is known.
             * @default null
             */
            tensor: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "model-failed";
        };
        /**
         * Moves
         * @description How far the answers of a model move when a stretch of its input is blanked (mnemoscope.measuring.lenses.stretch).
         */
        Moves: {
            /** First */
            first: number;
            /** Last */
            last: number;
            /** Stream */
            stream: number;
            /**
             * Values
             * @description RMS over outputs, of the answers as they are given, of steps first … the last one that there was; of bits of probabilities.
             */
            values: number[];
        };
        /**
         * NoSignal
         * @description The task makes its own input: bits, or a random mixture where it takes a signal.
         */
        NoSignal: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "none";
        };
        /**
         * Pause
         * @description Compute nothing more until play or step.
         */
        Pause: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "pause";
        };
        /**
         * Ping
         * @description Answered with a `state` message.
         */
        Ping: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "ping";
        };
        /**
         * Play
         * @description Compute on, at the current speed.
         */
        Play: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "play";
        };
        /** Precisions */
        Precisions: {
            float32: components["schemas"]["Agreement"];
            float64: components["schemas"]["Agreement"];
        };
        /**
         * Preview
         * @description What the model would see.
         */
        Preview: {
            /**
             * Before
             * @description The same window as it is in the file; null = missing.
             */
            before: (number | null)[];
            /**
             * Beside
             * @description The channels beside it on the same steps, in the order in which they were asked for.
             */
            beside: components["schemas"]["BesidePreview"][];
            estimate: components["schemas"]["Estimate"];
            /**
             * Events
             * @description What the column of labels says of the steps.
             */
            events: components["schemas"]["Event"][];
            /** Offset */
            offset: number;
            /**
             * Overview
             * @description The channel as it is in the file, or the rows of it that were asked for by `view`, at most 1000 points.
             */
            overview: (number | null)[];
            /**
             * Sample Rate
             * @description Steps per second.
             */
            sample_rate: number | null;
            /**
             * Scale
             * @description raw = value · scale + offset
             */
            scale: number;
            /** Steps */
            steps: number;
            /**
             * Values
             * @description After resampling and scaling; at most 2000 points, smallest and largest of each bucket in order.
             */
            values: number[];
            /** Warnings */
            warnings: string[];
        };
        /** PreviewRequest */
        PreviewRequest: {
            /**
             * Beside
             * @description Indices of further columns, shown beside the channel and not heard by the models.
             */
            beside?: number[];
            /**
             * Channel
             * @description Index of the column.
             */
            channel: number;
            /**
             * Labels
             * @description Index of a column of labels, or of states such as 0 and 1, which become events of the run; null = none.
             * @default null
             */
            labels?: number | null;
            /**
             * Missing
             * @description hold: repeat the last number; linear: a straight line over the gap; drop: leave the rows out.
             * @default hold
             * @enum {string}
             */
            missing?: "hold" | "linear" | "drop";
            /**
             * Models
             * @description Models to estimate for, named as in POST /api/sessions; empty = all checkpoints of the task.
             */
            models?: string[];
            /**
             * Resample To
             * @description Hz wanted; null = as it is.
             * @default null
             */
            resample_to?: number | null;
            /**
             * Sample Rate
             * @description Hz of the file, where the user knows better than the report; null = as reported.
             * @default null
             */
            sample_rate?: number | null;
            /**
             * Scaling
             * @default zscore
             * @enum {string}
             */
            scaling?: "zscore" | "robust" | "none";
            /**
             * Start
             * @description First row, counted from 0 below the header.
             * @default 0
             */
            start?: number;
            /**
             * Stop
             * @description Row after the last one; null = to the end.
             * @default null
             */
            stop?: number | null;
            /**
             * Task
             * @description Task that the window is wanted for: warnings and estimate are for it.
             * @default signal-recall
             */
            task?: string;
            /** Task Params */
            task_params?: {
                [key: string]: number;
            };
            /**
             * View
             * @description Rows from … to (excluded) that `overview` is wanted of; null = all.
             * @default null
             */
            view?: [
                number,
                number
            ] | null;
        };
        /**
         * PriceOfMemory
         * @description What a model keeps and takes after so many steps.
         */
        PriceOfMemory: {
            /**
             * Floats
             * @description (steps heard, floats kept): counted, exact.
             */
            floats: [
                number,
                number
            ][];
            /** Model */
            model: string;
            /**
             * Ms
             * @description (steps heard, milliseconds of one step): measured.
             */
            ms: [
                number,
                number
            ][];
        };
        /**
         * ReadingProgress
         * @description How far the reading of a file is.
         */
        ReadingProgress: {
            /** Bytes */
            bytes: number;
            /**
             * Reading
             * @description false: nothing is being read under this name, not yet or not any more.
             */
            reading: boolean;
            /** Rows */
            rows: number;
        };
        /**
         * RecordedSignal
         * @description The longest stretch of a recording's signal that its models could hear.
         */
        RecordedSignal: {
            /** Id */
            id: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "recording";
        };
        /**
         * RecordingDetail
         * @description Everything needed to open a recording; its chunks follow by HTTP, or by /ws/{id} while it is live.
         */
        RecordingDetail: {
            /**
             * Expires
             * @description UTC, `2026-12-01T00:00:00Z`: from then on it is as if it had never been; null = never.
             */
            expires: string | null;
            /** Id */
            id: string;
            /** Live */
            live: boolean;
            manifest: components["schemas"]["Manifest"];
            /**
             * Mine
             * @description It may be changed and deleted from here. On a server for one machine alone everything is, but what is `watched`.
             */
            mine: boolean;
            /**
             * Pinned
             * @description Whether the server keeps it when it makes room; null where it removes none by itself, or not this one.
             */
            pinned: boolean | null;
            /**
             * Status
             * @enum {string}
             */
            status: "opened" | "running" | "paused" | "ended" | "stopped" | "failed";
            /**
             * Steps
             * @description Steps that can be had now.
             */
            steps: number;
            /** Title */
            title: string;
            /**
             * Visibility
             * @description private: opens for whoever has the link, and is listed for whoever made it; listed: is listed for everybody.
             * @enum {string}
             */
            visibility: "private" | "listed";
            /**
             * Watched
             * @description It is a file in the folder that this server watches, where nothing is changed from here.
             */
            watched: boolean;
        };
        /**
         * RecordingSummary
         * @description A recording in this data folder.
         */
        RecordingSummary: {
            /**
             * Bytes
             * @description Size of the file.
             */
            bytes: number;
            /** Created */
            created: string;
            /**
             * Expires
             * @description UTC, `2026-12-01T00:00:00Z`: from then on it is as if it had never been; null = never.
             */
            expires: string | null;
            /** Id */
            id: string;
            /**
             * Mine
             * @description It may be changed and deleted from here. On a server for one machine alone everything is, but what is `watched`.
             */
            mine: boolean;
            /** Models */
            models: components["schemas"]["RunModel"][];
            /**
             * Pinned
             * @description Whether the server keeps it when it makes room; null where it removes none by itself, or not this one.
             */
            pinned: boolean | null;
            /**
             * Status
             * @enum {string}
             */
            status: "running" | "ended" | "stopped" | "failed";
            /**
             * Steps
             * @description Steps it holds.
             */
            steps: number;
            /** Task */
            task: string;
            /** Title */
            title: string;
            /**
             * Visibility
             * @description private: opens for whoever has the link, and is listed for whoever made it; listed: is listed for everybody.
             * @enum {string}
             */
            visibility: "private" | "listed";
            /**
             * Watched
             * @description It is a file in the folder that this server watches, where nothing is changed from here.
             */
            watched: boolean;
        };
        /**
         * Reference
         * @description A memory whose retention is known, measured beside the models.
         */
        Reference: {
            /** Id */
            id: string;
            /** Label */
            label: string;
        };
        /**
         * Refused
         * @description A command was not carried out; the session is as it was.
         */
        Refused: {
            /**
             * Code
             * @description Stable name of the error: `illegal-move`, `bad-message`, `unknown-recording`, `too-many-messages`, …
             */
            code: string;
            /**
             * Cure
             * @description What to do about it.
             */
            cure: string;
            /**
             * Message
             * @description What was wanted and what came.
             */
            message: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "error";
        };
        /**
         * Retention
         * @description A measurement, whole or as far as it has come.
         */
        Retention: {
            /** Capacities */
            capacities: components["schemas"]["Capacity"][];
            /** Causes */
            causes: components["schemas"]["CauseOfDeath"][];
            /**
             * Command
             * @description What measured it, for results that ship.
             */
            command: string | null;
            /** Created */
            created: string;
            /**
             * Figures
             * @description Plotly figures by name: behaviour, price, held, found, content, and "content M" with the banks of model M, "segments D" with the
             *     error against the segment after D steps, "surface M" with delay × segment of model M.
             */
            figures: {
                [key: string]: unknown;
            };
            /** Followed */
            followed: components["schemas"]["FollowedSegment"][];
            /** Horizons */
            horizons: components["schemas"]["Horizon"][];
            /** Id */
            id: string;
            /**
             * Longest
             * @description Ends of the delays that may be measured: for the axis, before they are.
             */
            longest: number;
            /**
             * Measured
             * @description Delays that are measured, ascending.
             */
            measured: number[];
            /**
             * Mine
             * @description Whoever asks may stop or delete it.
             */
            mine: boolean;
            /** Models */
            models: components["schemas"]["RetentionModel"][];
            /**
             * N
             * @description Windows of the signal.
             */
            n: number;
            /**
             * Notes
             * @description What to know of it: delays that do not fit, what lies outside the training, what had to be assumed.
             */
            notes: string[];
            /**
             * Planned
             * @description Delays that are to be measured, fewer where the signal is too short for some.
             */
            planned: number;
            /** Prices */
            prices: components["schemas"]["PriceOfMemory"][];
            /**
             * Reason
             * @description Why it failed.
             */
            reason: string | null;
            /** References */
            references: components["schemas"]["Reference"][];
            /** Rows */
            rows: components["schemas"]["RetentionRow"][];
            /**
             * Sample Rate
             * @description Steps a second; null = unknown.
             */
            sample_rate: number | null;
            /**
             * Seconds
             * @description Spent so far.
             */
            seconds: number;
            /**
             * Seconds Left
             * @description Of the stage, about; null while that is not known.
             */
            seconds_left: number | null;
            /** Segment */
            segment: number;
            /** Shortest */
            shortest: number;
            /**
             * Signal
             * @description What was remembered, in a few words.
             */
            signal: string;
            /** @description null before the first delay is measured, and when it is over. */
            stage: components["schemas"]["RetentionStage"] | null;
            /**
             * Status
             * @description stopped: somebody stopped it; what was measured until then stays.
             * @enum {string}
             */
            status: "waiting" | "running" | "ended" | "stopped" | "failed";
            /**
             * Trained Delay
             * @description The longest delay of the training; null while nothing is measured.
             */
            trained_delay: number | null;
            /**
             * Version
             * @description Grows with everything that is added; ask with `after` to wait for more.
             */
            version: number;
        };
        /** RetentionCreated */
        RetentionCreated: {
            /**
             * Id
             * @description The measurement opens at /long/{id}; the same question has the same id.
             */
            id: string;
        };
        /** RetentionModel */
        RetentionModel: {
            /**
             * Checkpoint
             * @description Of several checkpoints, seeds of one training: all their names, with commas.
             */
            checkpoint: string;
            /** Glyph */
            glyph: string;
            /**
             * Id
             * @description Its name in the rows.
             */
            id: string;
            /** Label */
            label: string;
        };
        /**
         * RetentionRequest
         * @description Measure how long a segment of a signal is remembered, at several delays.
         */
        RetentionRequest: {
            /**
             * Contents
             * @description Also what a linear read-out gets from the memories.
             * @default true
             */
            contents?: boolean;
            /**
             * Delays
             * @description Steps between the segment and the cue; null = 10, 40, 120, 400, then where the curves jump.
             * @default null
             */
            delays?: number[] | null;
            /**
             * Models
             * @description Models or checkpoints of signal-recall, as in POST /api/sessions.
             */
            models: string[];
            /**
             * Segment
             * @description Steps to hold.
             * @default 24
             */
            segment?: number;
            /**
             * Segments
             * @description Other steps to hold, each measured at a few of the delays; null = 4, 8, 16, 24, 32, 48, 64, [] = none.
             * @default null
             */
            segments?: number[] | null;
            /**
             * Signal
             * @description none: held-out mixtures, the kind of signal that the models were trained on.
             */
            signal: components["schemas"]["UploadSignal"] | components["schemas"]["GeneratedSignal"] | components["schemas"]["ValuesSignal"] | components["schemas"]["RecordedSignal"] | components["schemas"]["NoSignal"];
        };
        /**
         * RetentionRow
         * @description One model at one delay, in one view.
         */
        RetentionRow: {
            /**
             * Bank
             * @description The bank that was looked into; null for all of them.
             */
            bank: string | null;
            /**
             * Checkpoint
             * @description null: a reference.
             */
            checkpoint: string | null;
            /** Delay */
            delay: number;
            /**
             * Error
             * @description Relative RMSE of the replay (behaviour) or of the best linear read-out (content).
             */
            error: number | null;
            /**
             * Held
             * @description Share of a write that is still there: provenance.
             */
            held: number | null;
            /** High */
            high: number | null;
            /**
             * Low
             * @description 5 % of the view's figure over resampled windows, and checkpoints; null where there are too few for a band.
             */
            low: number | null;
            /** Model */
            model: string;
            /**
             * N
             * @description Windows, samples or writes that the figure is taken over.
             */
            n: number;
            /**
             * R2
             * @description Held-out share of the variance that a linear read-out explains: content.
             */
            r2: number | null;
            /**
             * Seeds
             * @description Checkpoints of the model that the figure is the mean of; the band is over them too where there are several.
             */
            seeds: number;
            /**
             * Segment
             * @description Steps that had to be held: behaviour.
             */
            segment: number | null;
            /**
             * Shuffled
             * @description The same where the targets are shuffled in time: content.
             */
            shuffled: number | null;
            /**
             * Trained
             * @description The delay and the segment lie inside the training.
             */
            trained: boolean;
            /**
             * View
             * @enum {string}
             */
            view: "behaviour" | "content" | "provenance";
        };
        /**
         * RetentionStage
         * @description The part of a measurement that is under way.
         */
        RetentionStage: {
            /** Done */
            done: number;
            /**
             * Name
             * @enum {string}
             */
            name: "delays" | "ledger" | "segments" | "contents";
            /** Of */
            of: number;
        };
        /**
         * Retry
         * @description A hint that the page can follow by itself: the same file again with more options.
         */
        Retry: {
            /**
             * Label
             * @description What that does, for a button.
             */
            label: string;
            /** @description What is to be added to the options the file was sent with; what is left out stays as it was. */
            options: components["schemas"]["ImportOptions"];
        };
        /**
         * Revised
         * @description The manifest has changed (scaling and gaps of a live source): ask for it again by HTTP.
         */
        Revised: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "revised";
        };
        /**
         * RunModel
         * @description One model of a recording, in short.
         */
        RunModel: {
            /** Glyph */
            glyph: string;
            /** Id */
            id: string;
            /** Label */
            label: string;
        };
        /**
         * Samples
         * @description Samples that follow each other, as in `Batch`.
         */
        Samples: {
            /**
             * First
             * @default null
             */
            first?: number | null;
            /**
             * Times
             * @default null
             */
            times?: number[] | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "samples";
            /** Values */
            values: (number | null)[];
        };
        /**
         * ScalingEntry
         * @description How the raw signal became the model's input: raw = value · scale + offset.
         */
        ScalingEntry: {
            /**
             * Method
             * @description zscore, robust or none.
             */
            method: string;
            /**
             * Offset
             * @description In the unit of the signal.
             */
            offset: number;
            /**
             * Scale
             * @description In the unit of the signal; 1 where nothing was scaled.
             */
            scale: number;
        };
        /**
         * Sentinel
         * @description A number that repeats far outside of a column's others, and may mean "no number".
         */
        Sentinel: {
            /**
             * Column
             * @description Index of the column.
             */
            column: number;
            /**
             * Count
             * @description How many times it occurs.
             */
            count: number;
            /** Value */
            value: number;
        };
        /**
         * ServerHello
         * @description First message, the answer to the client's hello. Chunk messages from `have` on follow where `live` is true.
         */
        ServerHello: {
            /**
             * Live
             * @description False: nothing more will be computed. The server closes with 1000; load the chunks by HTTP.
             */
            live: boolean;
            /** @description The manifest as far as it is known now. */
            manifest: components["schemas"]["Manifest"];
            /**
             * Speed
             * @description Steps per second asked for; null = as fast as the host can.
             */
            speed: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "opened" | "running" | "paused" | "ended" | "stopped" | "failed";
            /**
             * Steps
             * @description Steps that every living model has computed and that can be had.
             */
            steps: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "hello";
        };
        /** @description What the server sends over /ws/{id} as JSON. */
        ServerMessage: components["schemas"]["ServerHello"] | components["schemas"]["State"] | components["schemas"]["ModelFailed"] | components["schemas"]["Behind"] | components["schemas"]["Source"] | components["schemas"]["Revised"] | components["schemas"]["Wheel"] | components["schemas"]["Ended"] | components["schemas"]["Refused"];
        /** SessionCreated */
        SessionCreated: {
            /**
             * Id
             * @description Opens at /s/{id}; the socket is /ws/{id}.
             */
            id: string;
        };
        /**
         * SessionRequest
         * @description Open a session: a recording that starts now.
         */
        SessionRequest: {
            /**
             * @description Adds a second stream, `sdnc`: the one model asked for, a Transformer, as a stateless DNC with these settings.
             * @default null
             */
            bridge?: components["schemas"]["BridgeSettings"] | null;
            /**
             * Keep
             * @description false: the recording is not listed, and is gone an hour later, at the next start, or when others need its place.
             * @default true
             */
            keep?: boolean;
            /**
             * Models
             * @description Models or checkpoints in the order of the streams, at most 64 in the end: `["ntm", "dnc-copy", "ntm@250", "ntm@*"]`;
             *     `@250` = after 250 updates of its training, `@*` = all moments of its training, in their order; `fit:<id>` = a checkpoint that was fitted here (POST /api/fits).
             */
            models: string[];
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /** Signal */
            signal: components["schemas"]["UploadSignal"] | components["schemas"]["GeneratedSignal"] | components["schemas"]["ValuesSignal"] | components["schemas"]["LiveSourceSignal"] | components["schemas"]["NoSignal"];
            /**
             * Speed
             * @description Steps per second; null = as fast as the host can. A live source sets its own pace.
             * @default 30
             */
            speed?: number | null;
            /**
             * Start
             * @default playing
             * @enum {string}
             */
            start?: "paused" | "playing";
            /** Task */
            task: string;
            /**
             * Task Params
             * @description Options of the task (GET /api/tasks): segment, delay, lead … ; missing ones take the task's defaults.
             */
            task_params?: {
                [key: string]: number;
            };
            /**
             * Title
             * @description null = made from signal and task.
             * @default null
             */
            title?: string | null;
        };
        /**
         * SetSpeed
         * @description Change the speed; allowed in every state that is not final.
         */
        SetSpeed: {
            /**
             * Steps Per Second
             * @description null = as fast as the host can.
             */
            steps_per_second: number | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "speed";
        };
        /** ShareCreated */
        ShareCreated: {
            /**
             * First
             * @description Step of the original that is step 0 of the copy.
             */
            first: number;
            /**
             * Id
             * @description Opens at /s/{id}.
             */
            id: string;
            /**
             * Note
             * @description Why it holds more than whole chunks around what was asked for: attention needs every step before.
             */
            note: string | null;
            /** Stop */
            stop: number;
        };
        /**
         * ShareRequest
         * @description A copy that nothing changes any more, of the chunks of 64 steps around `first … stop` (stop excluded).
         */
        ShareRequest: {
            /**
             * Expires
             * @default null
             */
            expires?: string | null;
            /**
             * First
             * @default 0
             */
            first?: number;
            /**
             * Stop
             * @description null = to the end.
             * @default null
             */
            stop?: number | null;
            /**
             * Strip Signal
             * @description Leave out what says whose signal it is: name, channel, unit, source, offset and scale, labels, seed.
             * @default false
             */
            strip_signal?: boolean;
            /**
             * Title
             * @description null = the title of the original; without the facts of the signal, the name of the task.
             * @default null
             */
            title?: string | null;
            /**
             * Visibility
             * @default private
             * @enum {string}
             */
            visibility?: "private" | "listed";
        };
        /**
         * Shared
         * @description Who finds a recording, and for how long.
         */
        Shared: {
            /**
             * Expires
             * @description UTC, `2026-12-01T00:00:00Z`: from then on it is as if it had never been; null = never.
             */
            expires: string | null;
            /**
             * Mine
             * @description It may be changed and deleted from here. On a server for one machine alone everything is, but what is `watched`.
             */
            mine: boolean;
            /**
             * Pinned
             * @description Whether the server keeps it when it makes room; null where it removes none by itself, or not this one.
             */
            pinned: boolean | null;
            /**
             * Visibility
             * @description private: opens for whoever has the link, and is listed for whoever made it; listed: is listed for everybody.
             * @enum {string}
             */
            visibility: "private" | "listed";
            /**
             * Watched
             * @description It is a file in the folder that this server watches, where nothing is changed from here.
             */
            watched: boolean;
        };
        /**
         * SharingEntry
         * @description Rules that this server keeps for the recording.
         */
        SharingEntry: {
            /**
             * Expires
             * @description When it goes, ISO 8601, UTC; null = never.
             */
            expires: string | null;
            /**
             * Visibility
             * @description listed: shown to everybody who can reach the server; private: to those who have its id.
             * @enum {string}
             */
            visibility: "private" | "listed";
        };
        /**
         * ShippedSeries
         * @description A measured series that comes with the program.
         */
        ShippedSeries: {
            /** Description */
            description: string;
            /** Name */
            name: string;
            /**
             * Source
             * @description Who measured it, and the licence.
             */
            source: string;
            /** Title */
            title: string;
        };
        /**
         * SignalEntry
         * @description Where the signal came from; without source and scaling where the task made its own input.
         */
        SignalEntry: {
            /**
             * Beside
             * @description Channels shown beside it, at most seven, in the order of the numbers in every frame's `beside`.
             * @default null
             */
            beside?: components["schemas"]["BesideEntry"][] | null;
            /**
             * Channel
             * @description Name of the column.
             */
            channel: string | null;
            /**
             * Name
             * @description Of a file only where it was kept on purpose, else of the channel or the generator.
             */
            name: string;
            /**
             * Sample Rate
             * @description Steps per second; null = unknown.
             */
            sample_rate: number | null;
            /**
             * @description How it became the input.
             * @default null
             */
            scaling?: components["schemas"]["ScalingEntry"] | null;
            /**
             * Source
             * @description Detected format, window, resampling, sha256 of the file …; `{"given": "array"}` where only values were given.
             * @default null
             */
            source?: {
                [key: string]: unknown;
            } | null;
            /**
             * Unit
             * @description Unit of the values before scaling.
             */
            unit: string | null;
        };
        /** SignalPreview */
        SignalPreview: {
            /** Events */
            events: components["schemas"]["Event"][];
            /** Sample Rate */
            sample_rate: number | null;
            /** Values */
            values: number[];
        };
        /** SignalPreviewRequest */
        SignalPreviewRequest: {
            /** Kind */
            kind: string;
            /** Params */
            params?: {
                [key: string]: number;
            };
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Steps
             * @default 512
             */
            steps?: number;
        };
        /**
         * Source
         * @description Where a live source stands: sent after the hello, and while samples come in about twice a second.
         */
        Source: {
            /**
             * Beyond
             * @description Came after the last step of the run; left out.
             */
            beyond: number;
            /**
             * Blank
             * @description Without a number: their places hold the value before.
             */
            blank: number;
            /**
             * Duplicates
             * @description Came again; left out.
             */
            duplicates: number;
            /**
             * Ends In
             * @description Seconds until the run ends because nothing comes; null while something does, or a sender is connected.
             */
            ends_in: number | null;
            /** Gaps */
            gaps: number;
            /**
             * Late
             * @description Came when their place had been given up; left out.
             */
            late: number;
            /**
             * Measured Rate
             * @description Samples a second of the last seconds; null before the first.
             */
            measured_rate: number | null;
            /**
             * Missing
             * @description Samples that are missing in the gaps.
             */
            missing: number;
            /**
             * Next
             * @description Number of the sample that is waited for.
             */
            next: number;
            /**
             * Queued
             * @description Samples that are not computed yet.
             */
            queued: number;
            /**
             * Rate
             * @description Samples a second as they were announced; null = not.
             */
            rate: number | null;
            /**
             * Received
             * @description Samples that were sent, whatever became of them.
             */
            received: number;
            /**
             * Room
             * @description Samples that would be taken now; 0 once it has ended.
             */
            room: number;
            /**
             * Seen Seconds
             * @description Since the last sample; null before the first.
             */
            seen_seconds: number | null;
            /**
             * Senders
             * @description Connections that are open to send.
             */
            senders: number;
            /**
             * State
             * @description waiting: nothing has come yet · silent: nothing for some seconds, and for the time of some samples · ended: no more is taken.
             * @enum {string}
             */
            state: "waiting" | "receiving" | "silent" | "ended";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "source";
            /**
             * Warming
             * @description Samples still wanted before anything is computed: they settle the scaling.
             */
            warming: number;
        };
        /**
         * State
         * @description The session moved: sent on every change of status or speed, and as the answer to a ping.
         */
        State: {
            /**
             * Speed
             * @description Steps per second asked for; null = as fast as the host can.
             */
            speed: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "opened" | "running" | "paused" | "ended" | "stopped" | "failed";
            /**
             * Step
             * @description Steps computed so far; the next one to be computed has this index.
             */
            step: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "state";
        };
        /**
         * Status
         * @description What this server is and can do now.
         */
        Status: {
            /**
             * Device
             * @description Where models run: `cpu`, `cuda`; null until a worker is ready.
             */
            device: string | null;
            limits: components["schemas"]["Limits"];
            /**
             * Replay Only
             * @description Live runs are off on this host.
             */
            replay_only: boolean;
            /** Version */
            version: string;
            /**
             * Watching
             * @description Recordings of a watched folder are listed too, as they appear.
             */
            watching: boolean;
            /**
             * Workers
             * @description failed: no live runs, for the reason in `workers_reason`; recordings still open.
             * @enum {string}
             */
            workers: "starting" | "ready" | "failed";
            /** Workers Reason */
            workers_reason: string | null;
        };
        /**
         * Step
         * @description Compute exactly `count` steps and pause.
         */
        Step: {
            /**
             * Count
             * @default 1
             */
            count?: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "step";
        };
        /**
         * Stop
         * @description End the session here; what was computed stays as a recording with status `stopped`.
         */
        Stop: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "stop";
        };
        /**
         * Study
         * @description All tables of the study that ships with this program.
         */
        Study: {
            /**
             * Command
             * @description What repeats it.
             */
            command: string;
            /** Tables */
            tables: components["schemas"]["StudyTable"][];
        };
        /**
         * StudyColumn
         * @description What was measured.
         */
        StudyColumn: {
            /**
             * Chance
             * @description What knowing nothing scores.
             */
            chance: number;
            /** Key */
            key: string;
            /** Label */
            label: string;
            /**
             * Trained
             * @description Whether training saw such sequences.
             */
            trained: boolean;
        };
        /**
         * StudyFigure
         * @description A mean over seeds with its 90 % interval: a t-interval of the mean; of one seed the interval over its sequences.
         */
        StudyFigure: {
            /** High */
            high: number;
            /** Low */
            low: number;
            /** Mean */
            mean: number;
            /** Seeds */
            seeds: number;
        };
        /**
         * StudyLine
         * @description One model or rung.
         */
        StudyLine: {
            /**
             * Changes
             * @description Of a rung of the ladder against the one before it: its interval lies below, above, or they overlap; null: cannot be said.
             */
            changes: (("better" | "worse" | "level") | null)[];
            /**
             * Figures
             * @description In the order of the columns; null where nothing is measured yet.
             */
            figures: (components["schemas"]["StudyFigure"] | null)[];
            /**
             * Floats
             * @description Numbers kept between two steps at the end of the trained range; null where nothing is measured yet.
             */
            floats: number | null;
            /** Label */
            label: string;
            /** Parameters */
            parameters: number | null;
            /**
             * Seeds
             * @description How many are measured.
             */
            seeds: number;
            /**
             * Wanted
             * @description How many the study has.
             */
            wanted: number;
        };
        /**
         * StudyTable
         * @description One group of models on one question.
         */
        StudyTable: {
            /** Columns */
            columns: components["schemas"]["StudyColumn"][];
            /** Group */
            group: string;
            /** Lines */
            lines: components["schemas"]["StudyLine"][];
            /** Metric */
            metric: string;
            /** Question */
            question: string;
            /**
             * Sentences
             * @description What can be said of each column.
             */
            sentences: string[];
            /** Title */
            title: string;
            /**
             * Updates
             * @description Of every training.
             */
            updates: number;
        };
        /**
         * Suggestion
         * @description One question of the task, around the rarest label or the stretch that moves most.
         */
        Suggestion: {
            /**
             * Resample To
             * @description Hz that the models would see; null = as it is.
             */
            resample_to: number | null;
            /**
             * Start
             * @description First row; of a generated signal 0.
             */
            start: number;
            /**
             * Stop
             * @description Row after the last one; of a generated signal its number of steps.
             */
            stop: number;
            /**
             * Task Params
             * @description All options, shortened where the signal has no room for them.
             */
            task_params: {
                [key: string]: number;
            };
            /**
             * Why
             * @description What the part to remember holds: "it holds V at row 1234, of all labels the rarest".
             */
            why: string;
        };
        /**
         * Taken
         * @description What has become of the samples of one request.
         */
        Taken: {
            /**
             * Malformed
             * @description Of a body of text: the first lines that are no samples.
             */
            malformed: components["schemas"]["BadLine"][];
            /** Malformed Count */
            malformed_count: number;
            /** @description Where the source stands now; `next` and `room` say what to send and how much. */
            source: components["schemas"]["Source"];
            /**
             * Taken
             * @description Samples of this request that were taken.
             */
            taken: number;
        };
        /**
         * TaskCard
         * @description One task that models can be run on.
         */
        TaskCard: {
            /**
             * Description
             * @description What the model is asked to do, in one sentence.
             */
            description: string;
            /** Label */
            label: string;
            /**
             * Measure
             * @description What the metric counts, in a sentence.
             */
            measure: string;
            /**
             * Metric
             * @description What an answer is measured in; lower is better.
             */
            metric: string;
            /**
             * Name
             * @description Name to ask for in POST /api/sessions.
             */
            name: string;
            /** Options */
            options: components["schemas"]["TaskOption"][];
            /**
             * Takes Signal
             * @description True: runs on an uploaded, generated or drawn signal (or on one that it makes up); false: makes its own bits, and
             *     only `{"kind": "none"}` is a signal for it.
             */
            takes_signal: boolean;
        };
        /**
         * TaskEntry
         * @description The task whose episode was run.
         */
        TaskEntry: {
            /**
             * Events
             * @description What happens when, in order.
             */
            events: components["schemas"]["Event"][];
            /**
             * Name
             * @description Id of the task.
             */
            name: string;
            /**
             * Params
             * @description Options of the task.
             */
            params: {
                [key: string]: unknown;
            };
            /**
             * Values
             * @description What inputs, targets and outputs are; older recordings do not say (see below).
             * @default null
             */
            values?: ("bits" | "real") | null;
        };
        /**
         * TaskOption
         * @description One option of a task; a key of `task_params`. Values are whole numbers of low … high.
         */
        TaskOption: {
            /** Default */
            default: number;
            /** Description */
            description: string;
            /** High */
            high: number;
            /** Label */
            label: string;
            /** Low */
            low: number;
            /** Name */
            name: string;
            /**
             * Suggested High
             * @description What a control offers; beyond it, to low and high, a number can be typed.
             */
            suggested_high: number;
            /** Suggested Low */
            suggested_low: number;
            /**
             * Trained
             * @description What models were trained on, where that is known; beyond it a plan has a warning.
             */
            trained: [
                number,
                number
            ] | null;
            /**
             * Unit
             * @description Of the number: `steps`, or nothing.
             */
            unit: string;
        };
        /**
         * TaskPlan
         * @description What a run with these options will be.
         */
        TaskPlan: {
            /**
             * Events
             * @description What is stored and recalled, and when.
             */
            events: components["schemas"]["Event"][];
            /**
             * Most
             * @description The greatest value that the steps have room for, of the options that depend on them.
             */
            most: {
                [key: string]: number;
            };
            /**
             * Obstacle
             * @description Why there is no such run, with a way out; empty where there is one, as always where it was not asked to `weigh`.
             */
            obstacle: string;
            /**
             * Options
             * @description As the run will have them.
             */
            options: {
                [key: string]: number;
            };
            /** Steps */
            steps: number;
            /** Task */
            task: string;
            /**
             * Warnings
             * @description What is asked of models that they were not trained on, as sentences.
             */
            warnings: string[];
        };
        /**
         * TaskPlanRequest
         * @description Options of a task as in `task_params` of POST /api/sessions.
         */
        TaskPlanRequest: {
            /** Options */
            options?: {
                [key: string]: number;
            };
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Steps
             * @description Length of the signal; null where the task makes its own input.
             */
            steps?: number | null;
            /**
             * Weigh
             * @description Answer also what cannot be, with its `obstacle`, instead of refusing it: for a form, whose window is on its way to another one.
             * @default false
             */
            weigh?: boolean;
        };
        /**
         * TensorEntry
         * @description One tensor inside a frame or keyframe; identified by (`bank`, `name`).
         */
        TensorEntry: {
            /**
             * Axes
             * @description Names of the axes, outermost first: feature, slot, width, write_head, read_head, shift, mode, head, key, unit …
             */
            axes: string[];
            /**
             * Bank
             * @description Bank it belongs to; null for what the whole model did (`inputs`, `targets`, `mask`, `outputs` …).
             */
            bank: string | null;
            /**
             * Dtype
             * @description Numbers are little-endian float32 in version 1.
             * @constant
             */
            dtype: "float32";
            /**
             * Name
             * @description Name shared by all models: `inputs`, `write_weights`, `erase`, …
             */
            name: string;
            /**
             * Offset
             * @description Bytes from the start of the frame.
             */
            offset: number;
            /**
             * Role
             * @description What it is to a reader: input, output, weight, vector, gate, state …
             */
            role: string;
            /**
             * Shape
             * @description Length of each axis.
             */
            shape: number[];
        };
        /**
         * TrainingEntry
         * @description Of a stream that is a checkpoint as it was at a moment of its training.
         */
        TrainingEntry: {
            /**
             * Label
             * @description Name of the model without the moment: "NTM" where the label of the stream is "NTM, 250 updates".
             * @default null
             */
            label?: string | null;
            /**
             * Of
             * @description Name of the checkpoint; streams of one `of` are moments of one training.
             */
            of: string;
            /**
             * Update
             * @description Updates of training before this moment.
             */
            update: number;
            /**
             * Updates
             * @description All moments that were set aside, ascending, whether they are in this recording or not.
             */
            updates: number[];
        };
        /** Upload */
        Upload: {
            /** Id */
            id: string;
            report: components["schemas"]["ImportReport"];
        };
        /** UploadSignal */
        UploadSignal: {
            /**
             * Beside
             * @description Indices of further columns, shown beside the channel and not heard by the models.
             */
            beside?: number[];
            /**
             * Channel
             * @description Index of the column.
             */
            channel: number;
            /**
             * Keep Name
             * @description Write the file's name into the recording; a link shows it to everybody. Without it the channel's name is used.
             * @default false
             */
            keep_name?: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "upload";
            /**
             * Labels
             * @description Index of a column of labels, or of states such as 0 and 1, which become events of the run; null = none.
             * @default null
             */
            labels?: number | null;
            /**
             * Missing
             * @description hold: repeat the last number; linear: a straight line over the gap; drop: leave the rows out.
             * @default hold
             * @enum {string}
             */
            missing?: "hold" | "linear" | "drop";
            /**
             * Resample To
             * @description Hz wanted; null = as it is.
             * @default null
             */
            resample_to?: number | null;
            /**
             * Sample Rate
             * @description Hz of the file, where the user knows better than the report; null = as reported.
             * @default null
             */
            sample_rate?: number | null;
            /**
             * Scaling
             * @default zscore
             * @enum {string}
             */
            scaling?: "zscore" | "robust" | "none";
            /**
             * Start
             * @description First row, counted from 0 below the header.
             * @default 0
             */
            start?: number;
            /**
             * Stop
             * @description Row after the last one; null = to the end.
             * @default null
             */
            stop?: number | null;
            /** Upload Id */
            upload_id: string;
        };
        /**
         * ValuesSignal
         * @description A series given number by number, for example drawn with the mouse.
         */
        ValuesSignal: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "values";
            /**
             * Name
             * @default drawn signal
             */
            name?: string;
            /**
             * Sample Rate
             * @default null
             */
            sample_rate?: number | null;
            /** Values */
            values: number[];
        };
        /**
         * Verdict
         * @description What a recording answers; it follows from the recording alone, but for milliseconds that are measured now.
         */
        Verdict: {
            /** Baselines */
            baselines: components["schemas"]["VerdictBaseline"][];
            /**
             * Chance
             * @description The error of a model that knows nothing.
             */
            chance: number;
            /** Clauses */
            clauses: components["schemas"]["VerdictClause"][];
            /**
             * @description null where these models were not measured at this segment and delay; never part of an exported page.
             * @default null
             */
            elsewhere?: components["schemas"]["Elsewhere"] | null;
            /**
             * Error Of
             * @description What an error is a part of: `the signal`, `the bits`.
             */
            error_of: string;
            /**
             * Error Says
             * @description What an error is, in a sentence.
             */
            error_says: string;
            /**
             * N
             * @description Rounds, or blocks of steps of a task that replays nothing.
             */
            n: number;
            /**
             * Note
             * @description How many draws there are, what a band is, and why something is null.
             */
            note: string;
            /**
             * Poster
             * @description The last asked step whose read has one source in most models.
             */
            poster: number | null;
            /** Question */
            question: string;
            /** Ranking */
            ranking: components["schemas"]["VerdictRow"][];
            /** Recall */
            recall: [
                number,
                number
            ] | null;
            /**
             * Store
             * @description First step of the last segment and the one after its last.
             */
            store: [
                number,
                number
            ] | null;
            /**
             * When
             * @description What was stored and asked when; empty where the task stores nothing.
             */
            when: string;
        };
        /**
         * VerdictBaseline
         * @description What a forecast has to beat.
         */
        VerdictBaseline: {
            /** Error */
            error: number | null;
            /** High */
            high: number | null;
            /** Label */
            label: string;
            /** Low */
            low: number | null;
            /** Name */
            name: string;
            /** Unit Error */
            unit_error: number | null;
        };
        /**
         * VerdictClause
         * @description A fact about one model, and the step and the place that show it.
         */
        VerdictClause: {
            /** Bank */
            bank: string | null;
            /** Model */
            model: string;
            /**
             * Slot
             * @description The slot it is about, of `bank`: of a single state the unit, of a memory that grows the step; null: no single one.
             */
            slot: number | null;
            /** Step */
            step: number;
            /** Text */
            text: string;
        };
        /**
         * VerdictRow
         * @description One model of the ranking, best first.
         */
        VerdictRow: {
            /**
             * Because
             * @description The clauses of this model, as one sentence.
             */
            because: string;
            /**
             * Cause
             * @description `alive`, or of what the segment died: `faded`, `overwritten`, `freed`, `order lost`, `kept, misread`, `never written`; `not settled`
             *     where ledger and intervention do not agree, `not examined` without a memory; null: nothing was asked back.
             */
            cause: string | null;
            /**
             * Error
             * @description Over all asked steps: 0 is perfect, `chance` what a model that knows nothing gets; null: nothing was asked.
             */
            error: number | null;
            /**
             * Evidence
             * @description The numbers that the cause rests on, with the limits they were held against.
             */
            evidence: {
                [key: string]: unknown;
            } | null;
            /**
             * Floats
             * @description Numbers kept between two steps after the last asked step; null = not known.
             */
            floats: number | null;
            /**
             * Floats Grow
             * @description With every step.
             */
            floats_grow: boolean;
            /** High */
            high: number | null;
            /** Label */
            label: string;
            /**
             * Low
             * @description The 5 to 95 % band of the error over rounds or blocks; null where there are fewer than eight.
             */
            low: number | null;
            /**
             * Model
             * @description Its id in the recording.
             */
            model: string;
            /**
             * Ms Per Step
             * @description Milliseconds; `note` says where they were measured.
             */
            ms_per_step: number | null;
            /**
             * Right Share
             * @description Part of the reads that comes from the moment asked for, one step to either side included; it may pass 1 where writes
             *     cancel. null: the task replays nothing, or no memory was recorded.
             */
            right_share: number | null;
            /**
             * Tied
             * @description Level with the row before.
             */
            tied: boolean;
            /**
             * Unit
             * @description Of the signal, or `bits`; null = not known.
             */
            unit: string | null;
            /**
             * Unit Error
             * @description The error of one answer in `unit`; of bits the wrong ones in all.
             */
            unit_error: number | null;
        };
        /**
         * Wheel
         * @description Whether this watcher may drive: sent after the hello of one that says `wheel`, and when it becomes otherwise.
         */
        Wheel: {
            /** Drives */
            drives: boolean;
            /**
             * Owner
             * @description Whether the run was begun here, and the wheel may be given away.
             */
            owner: boolean;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "wheel";
        };
        /**
         * WheelGiven
         * @description Who besides the owner drives a live run.
         */
        WheelGiven: {
            /**
             * Key
             * @description To be sent as `wheel` of the hello, in the page behind `#drive=`; null = given to nobody.
             */
            key: string | null;
        };
        /**
         * Window
         * @description What part of a channel to use and how to turn it into the model's input.
         */
        Window: {
            /**
             * Beside
             * @description Indices of further columns, shown beside the channel and not heard by the models.
             */
            beside?: number[];
            /**
             * Channel
             * @description Index of the column.
             */
            channel: number;
            /**
             * Labels
             * @description Index of a column of labels, or of states such as 0 and 1, which become events of the run; null = none.
             * @default null
             */
            labels?: number | null;
            /**
             * Missing
             * @description hold: repeat the last number; linear: a straight line over the gap; drop: leave the rows out.
             * @default hold
             * @enum {string}
             */
            missing?: "hold" | "linear" | "drop";
            /**
             * Resample To
             * @description Hz wanted; null = as it is.
             * @default null
             */
            resample_to?: number | null;
            /**
             * Sample Rate
             * @description Hz of the file, where the user knows better than the report; null = as reported.
             * @default null
             */
            sample_rate?: number | null;
            /**
             * Scaling
             * @default zscore
             * @enum {string}
             */
            scaling?: "zscore" | "robust" | "none";
            /**
             * Start
             * @description First row, counted from 0 below the header.
             * @default 0
             */
            start?: number;
            /**
             * Stop
             * @description Row after the last one; null = to the end.
             * @default null
             */
            stop?: number | null;
        };
        /**
         * WindowQuestion
         * @description Which part of a channel would be looked at first.
         */
        WindowQuestion: {
            /**
             * Channel
             * @description Index of the column.
             */
            channel: number;
            /**
             * Labels
             * @description Index of a column of labels; null = none.
             * @default null
             */
            labels?: number | null;
            /**
             * Task
             * @default signal-recall
             */
            task?: string;
            /**
             * Task Params
             * @description Options that are asked for; the others are as they are by default.
             */
            task_params?: {
                [key: string]: number;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Agreement = components['schemas']['Agreement'];
export type Alternative = components['schemas']['Alternative'];
export type BadLine = components['schemas']['BadLine'];
export type BankEntry = components['schemas']['BankEntry'];
export type BaselineErrors = components['schemas']['BaselineErrors'];
export type Batch = components['schemas']['Batch'];
export type Behind = components['schemas']['Behind'];
export type BesideEntry = components['schemas']['BesideEntry'];
export type BesidePreview = components['schemas']['BesidePreview'];
export type BodyBringApiRecordingsPost = components['schemas']['Body_bring_api_recordings_post'];
export type BodyUploadApiUploadsPost = components['schemas']['Body_upload_api_uploads_post'];
export type BridgeReport = components['schemas']['BridgeReport'];
export type BridgeSettings = components['schemas']['BridgeSettings'];
export type Brought = components['schemas']['Brought'];
export type Capacity = components['schemas']['Capacity'];
export type CauseOfDeath = components['schemas']['CauseOfDeath'];
export type Change = components['schemas']['Change'];
export type CheckpointEntry = components['schemas']['CheckpointEntry'];
export type ClientHello = components['schemas']['ClientHello'];
export type ClientMessage = components['schemas']['ClientMessage'];
export type ColumnReport = components['schemas']['ColumnReport'];
export type CostEntry = components['schemas']['CostEntry'];
export type Credit = components['schemas']['Credit'];
export type DelayRecording = components['schemas']['DelayRecording'];
export type DelayRequest = components['schemas']['DelayRequest'];
export type Elsewhere = components['schemas']['Elsewhere'];
export type End = components['schemas']['End'];
export type Ended = components['schemas']['Ended'];
export type EngineEntry = components['schemas']['EngineEntry'];
export type ErrorBody = components['schemas']['ErrorBody'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type Estimate = components['schemas']['Estimate'];
export type Event = components['schemas']['Event'];
export type ExcerptEntry = components['schemas']['ExcerptEntry'];
export type Failure = components['schemas']['Failure'];
export type FeedAnswer = components['schemas']['FeedAnswer'];
export type FeedMessage = components['schemas']['FeedMessage'];
export type Feeding = components['schemas']['Feeding'];
export type FileFormat = components['schemas']['FileFormat'];
export type FileLine = components['schemas']['FileLine'];
export type Fit = components['schemas']['Fit'];
export type FitBands = components['schemas']['FitBands'];
export type FitEntry = components['schemas']['FitEntry'];
export type FitErrors = components['schemas']['FitErrors'];
export type FitExample = components['schemas']['FitExample'];
export type FitPlan = components['schemas']['FitPlan'];
export type FitPlanRequest = components['schemas']['FitPlanRequest'];
export type FitRequest = components['schemas']['FitRequest'];
export type FitResult = components['schemas']['FitResult'];
export type FitSplit = components['schemas']['FitSplit'];
export type FollowedSegment = components['schemas']['FollowedSegment'];
export type FrameEntry = components['schemas']['FrameEntry'];
export type GalleryEntry = components['schemas']['GalleryEntry'];
export type GeneratedSignal = components['schemas']['GeneratedSignal'];
export type Generator = components['schemas']['Generator'];
export type GeneratorParam = components['schemas']['GeneratorParam'];
export type Guess = components['schemas']['Guess'];
export type Horizon = components['schemas']['Horizon'];
export type ImportOptions = components['schemas']['ImportOptions'];
export type ImportReport = components['schemas']['ImportReport'];
export type LeftOut = components['schemas']['LeftOut'];
export type LensRow = components['schemas']['LensRow'];
export type Limits = components['schemas']['Limits'];
export type LiveSourceSignal = components['schemas']['LiveSourceSignal'];
export type MadeQuestion = components['schemas']['MadeQuestion'];
export type Manifest = components['schemas']['Manifest'];
export type ModelCard = components['schemas']['ModelCard'];
export type ModelEntry = components['schemas']['ModelEntry'];
export type ModelFailed = components['schemas']['ModelFailed'];
export type Moves = components['schemas']['Moves'];
export type NoSignal = components['schemas']['NoSignal'];
export type Pause = components['schemas']['Pause'];
export type Ping = components['schemas']['Ping'];
export type Play = components['schemas']['Play'];
export type Precisions = components['schemas']['Precisions'];
export type Preview = components['schemas']['Preview'];
export type PreviewRequest = components['schemas']['PreviewRequest'];
export type PriceOfMemory = components['schemas']['PriceOfMemory'];
export type ReadingProgress = components['schemas']['ReadingProgress'];
export type RecordedSignal = components['schemas']['RecordedSignal'];
export type RecordingDetail = components['schemas']['RecordingDetail'];
export type RecordingSummary = components['schemas']['RecordingSummary'];
export type Reference = components['schemas']['Reference'];
export type Refused = components['schemas']['Refused'];
export type Retention = components['schemas']['Retention'];
export type RetentionCreated = components['schemas']['RetentionCreated'];
export type RetentionModel = components['schemas']['RetentionModel'];
export type RetentionRequest = components['schemas']['RetentionRequest'];
export type RetentionRow = components['schemas']['RetentionRow'];
export type RetentionStage = components['schemas']['RetentionStage'];
export type Retry = components['schemas']['Retry'];
export type Revised = components['schemas']['Revised'];
export type RunModel = components['schemas']['RunModel'];
export type Samples = components['schemas']['Samples'];
export type ScalingEntry = components['schemas']['ScalingEntry'];
export type Sentinel = components['schemas']['Sentinel'];
export type ServerHello = components['schemas']['ServerHello'];
export type ServerMessage = components['schemas']['ServerMessage'];
export type SessionCreated = components['schemas']['SessionCreated'];
export type SessionRequest = components['schemas']['SessionRequest'];
export type SetSpeed = components['schemas']['SetSpeed'];
export type ShareCreated = components['schemas']['ShareCreated'];
export type ShareRequest = components['schemas']['ShareRequest'];
export type Shared = components['schemas']['Shared'];
export type SharingEntry = components['schemas']['SharingEntry'];
export type ShippedSeries = components['schemas']['ShippedSeries'];
export type SignalEntry = components['schemas']['SignalEntry'];
export type SignalPreview = components['schemas']['SignalPreview'];
export type SignalPreviewRequest = components['schemas']['SignalPreviewRequest'];
export type Source = components['schemas']['Source'];
export type State = components['schemas']['State'];
export type Status = components['schemas']['Status'];
export type Step = components['schemas']['Step'];
export type Stop = components['schemas']['Stop'];
export type Study = components['schemas']['Study'];
export type StudyColumn = components['schemas']['StudyColumn'];
export type StudyFigure = components['schemas']['StudyFigure'];
export type StudyLine = components['schemas']['StudyLine'];
export type StudyTable = components['schemas']['StudyTable'];
export type Suggestion = components['schemas']['Suggestion'];
export type Taken = components['schemas']['Taken'];
export type TaskCard = components['schemas']['TaskCard'];
export type TaskEntry = components['schemas']['TaskEntry'];
export type TaskOption = components['schemas']['TaskOption'];
export type TaskPlan = components['schemas']['TaskPlan'];
export type TaskPlanRequest = components['schemas']['TaskPlanRequest'];
export type TensorEntry = components['schemas']['TensorEntry'];
export type TrainingEntry = components['schemas']['TrainingEntry'];
export type Upload = components['schemas']['Upload'];
export type UploadSignal = components['schemas']['UploadSignal'];
export type ValuesSignal = components['schemas']['ValuesSignal'];
export type Verdict = components['schemas']['Verdict'];
export type VerdictBaseline = components['schemas']['VerdictBaseline'];
export type VerdictClause = components['schemas']['VerdictClause'];
export type VerdictRow = components['schemas']['VerdictRow'];
export type Wheel = components['schemas']['Wheel'];
export type WheelGiven = components['schemas']['WheelGiven'];
export type Window = components['schemas']['Window'];
export type WindowQuestion = components['schemas']['WindowQuestion'];
export type $defs = Record<string, never>;
export interface operations {
    bridge_api_bridge_get: {
        parameters: {
            query: {
                /** @description Name of a Transformer's checkpoint: transformer-copy */
                model: string;
                /** @description Of the episode */
                seed?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BridgeReport"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    fits_api_fits_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fit"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    begin_api_fits_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FitRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fit"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    plan_api_fits_plan_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FitPlanRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FitPlan"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    fit_api_fits__id__get: {
        parameters: {
            query?: {
                /** @description Looks that are known already; -1 = answer at once */
                since?: number;
            };
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fit"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_api_fits__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    archive_api_fits__id__checkpoint_zip_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    stop_api_fits__id__stop_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    formats_api_formats_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileFormat"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    gallery_api_gallery_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GalleryEntry"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    models_api_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    recordings_api_recordings_get: {
        parameters: {
            query?: {
                /** @description Looked for in titles, tasks and models */
                query?: string;
                limit?: number;
                /** @description Id of a recording: those that follow it */
                after?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The next ones, where there are more (rel=next) */
                    Link?: string;
                    /** @description How many there are in all */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingSummary"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    bring_api_recordings_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_bring_api_recordings_post"];
            };
        };
        responses: {
            /** @description It was here already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Brought"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    recording_api_recordings__id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingDetail"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    delete_api_recordings__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    change_api_recordings__id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Change"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    chunk_api_recordings__id__chunks__number__get: {
        parameters: {
            query?: {
                /** @description Of this model alone; its index in the manifest */
                stream?: number | null;
                /** @description So many chunks, one after another */
                count?: number;
            };
            header?: never;
            path: {
                /** @description Steps 64·number to 64·number + 63 */
                number: number;
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    engine_api_recordings__id__engine__stream__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Index of the model in the manifest */
                stream: number;
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    export_api_recordings__id__export_html_get: {
        parameters: {
            query?: {
                /** @description With the models, so that the page can run them again */
                engines?: boolean;
            };
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    file_api_recordings__id__file_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            /** @description The file has no such range */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    lens_api_recordings__id__lens_get: {
        parameters: {
            query: {
                /** @description Index of the model in the manifest */
                stream: number;
                /** @description Step of the output */
                step: number;
                lens: "sensitivity" | "intervention";
            };
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LensRow"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    moves_api_recordings__id__moves_get: {
        parameters: {
            query: {
                /** @description Index of the model in the manifest */
                stream: number;
                /** @description First step to blank */
                first: number;
                /** @description Last step to blank */
                last: number;
                /** @description Last step whose answer is wanted */
                until: number;
            };
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Moves"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    picture_api_recordings__id__picture_png_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    share_api_recordings__id__share_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShareRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareCreated"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    verdict_api_recordings__id__verdict_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verdict"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    begin_api_retention_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetentionRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionCreated"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_api_retention__id__get: {
        parameters: {
            query?: {
                /** @description Answer when it is newer than this version, or after 20 s */
                after?: number;
            };
            header?: never;
            path: {
                /** @description 22 characters, or `standing` for the results that ship */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    delete_api_retention__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or `standing` for the results that ship */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    again_api_retention__id__again_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or `standing` for the results that ship */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionCreated"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    record_api_retention__id__recordings_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or `standing` for the results that ship */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DelayRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DelayRecording"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    stop_api_retention__id__stop_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or `standing` for the results that ship */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    open_session_api_sessions_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of an answer 429 */
                "queue-ticket"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionCreated"];
                };
            };
            /** @description There is no place now */
            429: {
                headers: {
                    /** @description Place in the queue, 1 = the next */
                    "Queue-Place"?: number;
                    /** @description To be sent when asking again: it keeps the place */
                    "Queue-Ticket"?: string;
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    stop_session_api_sessions__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    feeding_api_sessions__id__samples_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feeding"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    send_api_sessions__id__samples_post: {
        parameters: {
            query?: {
                /** @description Of a body of text: its end is the end of the source */
                end?: boolean;
                /** @description Of a body of text: the column, by name or number */
                channel?: string | null;
                /** @description Of a body of text: the column of seconds; none */
                time?: string | null;
            };
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
                "text/plain": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    given_api_sessions__id__wheel_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WheelGiven"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    give_api_sessions__id__wheel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WheelGiven"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    take_back_api_sessions__id__wheel_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    signals_api_signals_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generator"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    shipped_api_signals_files_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippedSeries"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    shipped_file_api_signals_files__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    signal_preview_api_signals_preview_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignalPreviewRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalPreview"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    length_api_signals_suggestion_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MadeQuestion"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggestion"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    status_api_status_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    study_api_study_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Study"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tasks_api_tasks_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCard"][];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    task_plan_api_tasks__name__plan_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskPlanRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPlan"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    upload_api_uploads_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_upload_api_uploads_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    progress_api_uploads_progress__watch__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                watch: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadingProgress"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    remove_upload_api_uploads__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    preview_api_uploads__id__preview_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_again_api_uploads__id__readings_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportOptions"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    window_api_uploads__id__suggestion_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 22 characters, or the name of a shipped recording */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WindowQuestion"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggestion"];
                };
            };
            /** @description What went wrong */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
